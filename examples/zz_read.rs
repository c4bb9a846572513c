//! Local experiment.
fn main() {
    for file in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&file).unwrap();
        let url = std::fs::read_to_string(format!("{file}.url")).ok();
        let reading =
            tenderwatch::sources::read_saved(tenderwatch::sources::Dialect::Ccgp, &text, url.as_deref().map(str::trim));
        println!("{}", tenderwatch::sources::reading_json::to_json(&file, "ccgp", &reading));
        if std::env::var("TEXT").is_ok() {
            println!("{}", reading.notices[0].text);
        }
    }
}
