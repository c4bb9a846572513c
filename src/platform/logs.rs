//! Log lines on stderr: text for people and the journal, JSON on request. Nothing is written to files and nothing is sent
//! anywhere; what a line may say is in `docs/LOGGING.md`.

use std::fmt;
use std::io::IsTerminal;
use std::os::unix::fs::MetadataExt;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{Compact, Format as Lines, Writer};
use tracing_subscriber::fmt::time::SystemTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

/// What others log below a warning helps nobody: they do not know what a line is for. A wish of the operator, set
/// after these, wins.
const QUIET: &str = "info,tokio_cron_scheduler=warn,hyper=warn,hyper_util=warn,reqwest=warn,lettre=warn,rustls=warn,\
                     h2=warn,html5ever=error,selectors=warn,tower=warn,axum=warn";

/// The shape of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// `INFO tenderwatch::jobs::poll: read 20 rows source=ccgp`.
    #[default]
    Text,
    /// One JSON object per line, the fields at its top level.
    Json,
}

/// Why logging cannot start.
#[derive(Debug, thiserror::Error)]
pub enum LogsError {
    /// The filter does not parse.
    #[error(
        "the log filter {filter:?} is not understood ({why}): write a level, as info, or target=level pairs with commas"
    )]
    Filter {
        /// What was given.
        filter: String,
        /// What is wrong with it.
        why: String,
    },
    /// Something else logs already.
    #[error("logging was started twice")]
    Twice,
}

/// Starts logging to stderr for the whole process.
pub fn start(format: Format, filter: &str) -> Result<(), LogsError> {
    let subscriber = build(format, filter, std::io::stderr, Surroundings::look())?;
    tracing::subscriber::set_global_default(subscriber).map_err(|_| LogsError::Twice)
}

/// Whether a filter would be understood, without starting anything.
pub fn check(filter: &str) -> Result<(), LogsError> {
    filtered(filter).map(drop)
}

/// Where stderr leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Surroundings {
    Terminal,
    /// journald has its own clock, and takes a priority in front of a line.
    Journal,
    Elsewhere,
}

impl Surroundings {
    fn look() -> Self {
        if std::io::stderr().is_terminal() {
            return Self::Terminal;
        }
        // The variable names a socket by device and inode. It is inherited by everything below a service, so that a
        // redirected stderr is told apart only by comparing.
        let named = std::env::var("JOURNAL_STREAM").ok();
        let ours = std::fs::metadata("/proc/self/fd/2").ok().map(|file| format!("{}:{}", file.dev(), file.ino()));
        if named.is_some() && named == ours { Self::Journal } else { Self::Elsewhere }
    }
}

fn filtered(filter: &str) -> Result<EnvFilter, LogsError> {
    let refuse = |why: String| LogsError::Filter { filter: filter.to_owned(), why };
    EnvFilter::builder().parse(format!("{QUIET},{filter}")).map_err(|error| refuse(error.to_string()))
}

fn build<W>(
    format: Format,
    filter: &str,
    writer: W,
    surroundings: Surroundings,
) -> Result<Box<dyn Subscriber + Send + Sync>, LogsError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filtered(filter)?)
        .with_writer(writer)
        .with_ansi(surroundings == Surroundings::Terminal);
    Ok(match (format, surroundings) {
        (Format::Json, _) => Box::new(lines.json().flatten_event(true).with_current_span(false).finish()),
        (Format::Text, Surroundings::Journal) => {
            Box::new(lines.event_format(Prioritised(Lines::default().compact().without_time())).finish())
        }
        (Format::Text, _) => {
            Box::new(lines.event_format::<Lines<Compact, SystemTime>>(Lines::default().compact()).finish())
        }
    })
}

/// Puts `<3>` … `<7>` in front of a line, so that `journalctl -p warning` works.
struct Prioritised(Lines<Compact, ()>);

impl<S, N> FormatEvent<S, N> for Prioritised
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        write!(writer, "<{}>", priority(*event.metadata().level()))?;
        self.0.format_event(context, writer, event)
    }
}

/// syslog's numbers.
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        Level::DEBUG | Level::TRACE => 7,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    fn logged(format: Format, filter: &str, surroundings: Surroundings, speak: impl FnOnce()) -> String {
        #[derive(Clone, Default)]
        struct Sink(Arc<Mutex<Vec<u8>>>);
        impl Write for Sink {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().unwrap().extend_from_slice(bytes);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let sink = Sink::default();
        let writer = sink.clone();
        let subscriber = build(format, filter, move || writer.clone(), surroundings).unwrap();
        tracing::subscriber::with_default(subscriber, speak);
        let bytes = sink.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn the_journal_gets_a_priority_and_no_time_of_ours() {
        let text = logged(Format::Text, "info", Surroundings::Journal, || {
            tracing::warn!(source = "ccgp", "answered 403");
        });
        assert_eq!(text, "<4> WARN tenderwatch::platform::logs::tests: answered 403 source=\"ccgp\"\n");
    }

    #[test]
    fn elsewhere_a_line_begins_with_its_time() {
        let text = logged(Format::Text, "info", Surroundings::Elsewhere, || tracing::info!("up"));
        assert!(text.starts_with("20") && text.contains("Z  INFO"), "{text}");
    }

    #[test]
    fn json_holds_the_fields_at_its_top_level() {
        let text = logged(Format::Json, "info", Surroundings::Elsewhere, || tracing::info!(rows = 20, "read"));
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&line["message"], &line["rows"], &line["level"]), (&"read".into(), &20.into(), &"INFO".into()));
    }

    #[test]
    fn others_are_quiet_below_a_warning_unless_the_operator_asks() {
        let speak = || {
            tracing::info!(target: "tokio_cron_scheduler", "Uninited");
            tracing::info!(target: "lettre", "chatter");
            tracing::warn!(target: "lettre", "trouble");
            tracing::debug!("detail");
        };
        let plain = logged(Format::Text, "info", Surroundings::Journal, speak);
        assert!(plain.contains("trouble") && !plain.contains("chatter") && !plain.contains("Uninited"), "{plain}");
        let asked = logged(Format::Text, "debug,lettre=info", Surroundings::Journal, speak);
        assert!(asked.contains("chatter") && asked.contains("detail") && !asked.contains("Uninited"), "{asked}");
    }

    #[test]
    fn a_filter_that_makes_no_sense_is_refused_with_a_remedy() {
        assert!(check("info,tenderwatch::jobs=debug").is_ok());
        let told = check("loud=very=much").unwrap_err().to_string();
        assert!(told.contains("loud=very=much") && told.contains("target=level"), "{told}");
    }
}
