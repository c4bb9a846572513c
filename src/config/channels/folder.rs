//! `[channels.NAME.folder]`: each message as files of one's own.

use std::path::PathBuf;

use crate::config::settings::FolderSettings;
use crate::config::walk::Table;

pub(super) fn read(table: &Table<'_, '_>) -> Option<FolderSettings> {
    let expected = "an absolute path, as \"/var/lib/tenderwatch/messages\"";
    let found = table.required_text("path", expected, "path = \"/var/lib/tenderwatch/messages\"");
    table.finish();
    let found = found?;
    let path = PathBuf::from(found.value);
    if !path.is_absolute() {
        table.walk.wrong(
            &found.span,
            format!("path = {:?} is relative", found.value),
            expected,
            "write the whole path",
        );
        return None;
    }
    Some(FolderSettings { path })
}
