//! `[channels.NAME.command]`: a program of the operator's that takes each message on its standard input.

use std::path::Path;

use crate::config::settings::CommandSettings;
use crate::config::walk::Table;

pub(super) fn read(table: &Table<'_, '_>) -> Option<CommandSettings> {
    let expected = "the program and its arguments, as [\"/usr/local/bin/notify\", \"--quiet\"]";
    let run = table.texts("run", "the program or an argument, in quotes");
    if table.place("run").is_none() {
        table.missing("run", expected, "run = [\"/usr/local/bin/notify\"]");
    }
    let run = run.filter(|run| match (run.first(), table.place("run")) {
        (Some(program), _) if Path::new(program.value).is_absolute() => true,
        (Some(program), _) => {
            let message = format!("{:?} is no absolute path", program.value);
            table.walk.wrong(&program.span, message, expected, "write the whole path: no shell looks it up");
            false
        }
        (None, Some(place)) => {
            table.walk.wrong(&place, "run names no program", expected, "name the program first");
            false
        }
        (None, None) => false,
    });
    table.finish();
    Some(CommandSettings { run: run?.into_iter().map(|text| text.value.to_owned()).collect() })
}
