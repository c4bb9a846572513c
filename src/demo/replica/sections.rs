//! Bodies with the numbered sections that later templates share, in two families: label lines and tables. Kinds that look alike in
//! every generation are left to the older form.

use crate::demo::notices::{Form, Line, Lot, Moved, Notice, Says, Supplier};

use super::html::Paper;
use super::{money, older, words};

/// The body of a notice in the form of label lines or of tables.
#[must_use]
pub fn body(notice: &Notice) -> Paper {
    let mut paper = Paper::default();
    match &notice.says {
        Says::Tender { .. } => tender(&mut paper, notice),
        Says::Award { .. } => award(&mut paper, notice),
        Says::Correction { moved, .. } => correction(&mut paper, notice, moved),
        _ => return older::body(notice),
    }
    contacts(&mut paper, notice);
    paper
}

fn tables(notice: &Notice) -> bool {
    notice.form == Form::Table
}

fn tender(paper: &mut Paper, notice: &Notice) {
    let Says::Tender { deadline, lines, lots } = &notice.says else { return };
    let purchase = notice.purchase;
    paper.head("项目概况");
    let when = deadline.map_or_else(|| "详见采购文件".to_owned(), minutes);
    paper.p(&format!(
        "{}的潜在供应商应在政府采购交易平台获取采购文件，并于{when}（北京时间）前递交响应文件。",
        purchase.title
    ));
    paper.head("一、项目基本情况");
    if let Some(number) = purchase.number {
        paper.line("项目编号", number);
    }
    paper.line("项目名称", purchase.title);
    paper.line("采购方式", purchase.method);
    match purchase.budget {
        Some(fen) => paper.line("预算金额", &format!("{}元", money::yuan(fen))),
        None => paper.line("预算金额", "详见采购文件"),
    };
    paper.line("采购需求", purchase.wants);
    if !lots.is_empty() {
        paper.table(&["包号", "包名称", "包预算（元）"], &priced(lots));
    }
    if !lines.is_empty() {
        paper.table(&["序号", "标的名称", "预算金额（元）"], &priced(lines));
    }
    paper.head("二、申请人的资格要求");
    paper.p("满足《中华人民共和国政府采购法》第二十二条规定。本项目接受联合体投标。");
    paper.head("三、获取采购文件");
    paper.p("方式：网上下载。售价：￥0.00元");
    paper.head("四、提交投标文件截止时间、开标时间和地点");
    paper.line("提交投标文件截止时间", &format!("{when}（北京时间）"));
    paper.line("开标时间", &format!("{when}（北京时间）"));
    paper.head("五、公告期限");
    paper.p("自本公告发布之日起5个工作日。");
    paper.head("六、其他补充事宜");
    paper.p("无。");
}

fn minutes(at: jiff::civil::DateTime) -> String {
    format!("{} {:02}点{:02}分", words::day(at.date()), at.hour(), at.minute())
}

fn priced(lines: &[Line]) -> Vec<Vec<String>> {
    lines
        .iter()
        .zip(1_u32..)
        .map(|(line, place)| {
            vec![
                place.to_string(),
                line.name.to_owned(),
                line.total.map_or_else(|| "详见采购文件".to_owned(), money::yuan),
            ]
        })
        .collect()
}

fn award(paper: &mut Paper, notice: &Notice) {
    let Says::Award { lots, lines, .. } = &notice.says else { return };
    let purchase = notice.purchase;
    if let Some(number) = purchase.number {
        paper.head(&format!("一、项目编号：{number}"));
    }
    paper.head(&format!("二、项目名称：{}", purchase.title));
    if tables(notice) {
        paper.head("三、采购结果");
        for lot in *lots {
            lot_table(paper, lot);
        }
    } else {
        paper.head("三、中标（成交）信息");
        for lot in *lots {
            lot_lines(paper, lot);
        }
    }
    paper.head("四、主要标的信息");
    if lines.is_empty() {
        paper.p(&format!("服务类：{}", purchase.wants));
    } else {
        paper.table(&["序号", "标的名称", "总价(元)"], &priced(lines));
    }
    paper.head("五、评审专家名单");
    paper.p("评审小组五人，名单从略。");
    paper.head("六、代理服务收费标准及金额");
    paper.p("收费标准：按采购文件约定。收费金额：1.2000 万元（人民币）");
    paper.head("七、公告期限");
    paper.p("自本公告发布之日起1个工作日。");
    paper.head("八、其他补充事宜");
    paper.p("无。");
}

fn lot_table(paper: &mut Paper, lot: &Lot) {
    if let Some(label) = lot.label {
        paper.p(&format!("合同包{label}({}):", lot.title));
    }
    if let Some(why) = lot.failed {
        paper.p("结果类型：废标");
        paper.p(&format!("废标（终止）原因：{why}"));
        return;
    }
    let rows: Vec<Vec<String>> = lot
        .winners
        .iter()
        .map(|winner| {
            let amount = lot.amount.map_or_else(|| "/".to_owned(), |fen| format!("{}元", money::yuan(fen)));
            vec![winner.name.to_owned(), winner.address.to_owned(), amount]
        })
        .collect();
    paper.table(&["供应商名称", "供应商地址", "中标（成交）金额"], &rows);
}

fn lot_lines(paper: &mut Paper, lot: &Lot) {
    if let Some(label) = lot.label {
        paper.p(&format!("包号：{label}"));
    }
    if let Some(why) = lot.failed {
        paper.line("废标（终止）原因", why);
        return;
    }
    paper.line("供应商名称", &partners(lot.winners));
    let addresses: Vec<&str> = lot.winners.iter().map(|winner| winner.address).collect();
    paper.line("供应商地址", &addresses.join("、"));
    let amount = lot.amount.map_or_else(|| "/".to_owned(), |fen| format!("{}（万元）", money::wan(fen)));
    paper.line("中标（成交）金额", &amount);
}

/// Partners of a joint bid, as pages name them in one line.
fn partners(winners: &[Supplier]) -> String {
    match winners {
        [lead, partner] => format!("{}（联合体牵头人）、{}（联合体成员）", lead.name, partner.name),
        _ => winners.iter().map(|winner| winner.name).collect::<Vec<_>>().join("、"),
    }
}

fn correction(paper: &mut Paper, notice: &Notice, moved: &[Moved]) {
    let Says::Correction { first_on, of_result, .. } = &notice.says else { return };
    paper.head("一、项目基本情况");
    if let Some(number) = notice.purchase.number {
        paper.line("原公告的采购项目编号", number);
    }
    paper.line("原公告的采购项目名称", notice.purchase.title);
    paper.line("首次公告日期", &words::day(*first_on));
    paper.head("二、更正信息");
    paper.line("更正事项", if *of_result { "采购结果" } else { "采购公告" });
    paper.p("更正内容：");
    let rows: Vec<Vec<String>> = moved
        .iter()
        .zip(1_u32..)
        .map(|(line, place)| {
            vec![place.to_string(), line.item.to_owned(), line.before.to_owned(), line.after.to_owned()]
        })
        .collect();
    paper.table(&["序号", "更正项", "更正前内容", "更正后内容"], &rows);
    paper.line("更正日期", &words::day(notice.at.date()));
    paper.head("三、其他补充事宜");
    paper.p("其他内容不变。");
}

fn contacts(paper: &mut Paper, notice: &Notice) {
    let purchase = notice.purchase;
    paper.head("凡对本次公告内容提出询问，请按以下方式联系。");
    paper.p("1.采购人信息");
    paper.p(&format!("名 称：{}　　　　　", purchase.buyer));
    paper.p(&format!("地址：{}　　　　", purchase.address));
    paper.p("2.采购代理机构信息");
    paper.p(&format!("名 称：{}　　　　　", words::agency(notice)));
}
