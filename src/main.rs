//! The door: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    tenderwatch::cli::main()
}
