//! Local experiment: url \t title on stdin.
use std::io::BufRead;
fn main() {
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let Some((url, title)) = line.split_once('\t') else { continue };
        let page = format!(
            "<h2 class=tc>{title}</h2><span id=pubTime>2022年06月08日 10:00</span><div class=table><table><tr><td class=title>采购项目名称</td><td></td></tr><tr><td class=title>采购单位</td><td>某单位</td></tr><tr><td class=title>行政区域</td><td></td></tr></table></div>"
        );
        let r = tenderwatch::sources::read_saved(tenderwatch::sources::Dialect::Ccgp, &page, Some(url));
        let n = &r.notices[0];
        println!(
            "{}\t{}\t{}\t{}",
            n.section.clone().unwrap_or_default(),
            n.kind.word(),
            title,
            n.project_numbers.join(" ")
        );
    }
}
