# The everyday commands. `just` lists them.

_list:
    @just --list --unsorted

# Format, lints, unit and suite tests: under ten minutes.
check: && test
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings

# Unit tests and the suite. Real pages are read from $TENDERWATCH_CAPTURES, by default ../shared/captures.
test *filter:
    cargo test {{ filter }}

# Put every file into shape.
fmt:
    cargo fmt

# The story of ten days in one go, on loopback, without any configuration.
demo *arguments:
    cargo run --release -- demo {{ arguments }}

# Judges from outside: systemd, and whatever else tests/outside holds.
outside:
    tests/outside/run

# Bans, licences and origins of all dependencies. Needs cargo-deny.
deny:
    cargo deny check bans licenses sources

# Long runs: property tests and mutations of real pages with many more cases, and a hundred kills of the real binary.
long:
    PROPTEST_CASES=20000 TENDERWATCH_KILLS=100 TENDERWATCH_MUTATIONS=2000 cargo test --release

# How fast it reads, sees that nothing changed, settles, and takes saved pages in, beside a plain script where target/bench-python has lxml; then
# the finished program as a process. See docs/PERFORMANCE.md.
bench:
    cargo bench
    cargo build --release
    benches/whole.sh

# Everything that decides whether a change is good: what .ci/run does.
ci:
    .ci/run
