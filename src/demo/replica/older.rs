//! Bodies of 2016 to 2019: an opening sentence, then contacts, then numbered sections, amounts in 万元. One function per kind.

use crate::demo::notices::{Lot, Moved, Notice, Says, Supplier};

use super::html::Paper;
use super::{money, words};

/// The body of a notice in the older form.
#[must_use]
pub fn body(notice: &Notice) -> Paper {
    let mut paper = Paper::default();
    match &notice.says {
        Says::Tender { .. } => tender(&mut paper, notice),
        Says::Award { .. } => award(&mut paper, notice),
        Says::Failed { why } => failed(&mut paper, notice, why),
        Says::Correction { moved, .. } => correction(&mut paper, notice, moved),
        Says::Candidates { ranked } => candidates(&mut paper, notice, ranked),
        Says::SingleSource { proposed, why } => single_source(&mut paper, notice, proposed, why),
        Says::Contract { .. } => contract(&mut paper, notice),
    }
    paper
}

fn opening(notice: &Notice, rest: &str) -> String {
    let purchase = notice.purchase;
    match words::agency(notice) {
        "" => format!("{}根据《中华人民共和国政府采购法》等有关规定，{rest}", purchase.buyer),
        agency => format!("{agency}受{}委托，根据《中华人民共和国政府采购法》等有关规定，{rest}", purchase.buyer),
    }
}

fn names(paper: &mut Paper, notice: &Notice) {
    paper.p(&format!("项目名称：{}", notice.purchase.title));
    if let Some(number) = notice.purchase.number {
        paper.p(&format!("项目编号：{number}"));
    }
}

fn contacts(paper: &mut Paper, notice: &Notice) {
    paper.p("采购单位联系方式：");
    paper.p(&format!("采购单位：{}", notice.purchase.buyer));
    if !notice.purchase.address.is_empty() {
        paper.p(&format!("采购单位地址：{}", notice.purchase.address));
    }
    let agency = words::agency(notice);
    if !agency.is_empty() {
        paper.p("代理机构联系方式：");
        paper.p(&format!("代理机构：{agency}"));
    }
}

fn tender(paper: &mut Paper, notice: &Notice) {
    let Says::Tender { deadline, lines, .. } = &notice.says else { return };
    let purchase = notice.purchase;
    paper.p(&opening(notice, &format!("现对{}进行{}，欢迎合格的供应商前来投标。", purchase.title, purchase.method)));
    names(paper, notice);
    contacts(paper, notice);
    paper.head("一、采购项目内容");
    paper.p(purchase.wants);
    if !lines.is_empty() {
        let rows: Vec<Vec<String>> = lines
            .iter()
            .zip(1_u32..)
            .map(|(line, place)| {
                vec![
                    place.to_string(),
                    line.name.to_owned(),
                    "1项".to_owned(),
                    line.total.map_or_else(|| "详见招标文件".to_owned(), money::yuan),
                ]
            })
            .collect();
        paper.table(&["序号", "标的名称", "数量", "预算金额（元）"], &rows);
    }
    paper.head("二、投标截止时间、开标时间");
    match deadline {
        Some(at) => {
            paper.p(&format!("投标截止时间：{}", words::minute(*at, " ")));
            paper.p(&format!("开标时间：{}", words::minute(*at, " ")))
        }
        None => paper.p("开标时间：详见招标文件"),
    };
    paper.head("三、其它补充事宜");
    paper.p("无。");
    paper.head("四、预算金额");
    match purchase.budget {
        Some(fen) => paper.p(&format!("预算金额：{} 万元（人民币）", money::wan_short(fen))),
        None => paper.p("预算金额：详见招标文件"),
    };
}

fn award(paper: &mut Paper, notice: &Notice) {
    let Says::Award { tendered_on, awarded_on, lots, .. } = &notice.says else { return };
    let (purchase, won) = (notice.purchase, words::won(notice));
    paper.p(&opening(notice, &format!("就“{}”组织采购，评审工作已经结束，{won}结果如下：", purchase.title)));
    paper.head("一、项目信息");
    if let Some(number) = purchase.number {
        paper.p(&format!("项目编号：{number}"));
    }
    paper.p(&format!("项目名称：{}", purchase.title));
    paper.head("二、采购单位信息");
    paper.p(&format!("采购单位名称：{}", purchase.buyer));
    if !purchase.address.is_empty() {
        paper.p(&format!("采购单位地址：{}", purchase.address));
    }
    paper.head("三、项目用途、简要技术要求及合同履行日期");
    paper.p(purchase.wants);
    paper.head("四、采购代理机构信息");
    paper.p(&format!("采购代理机构全称：{}", or_none(words::agency(notice))));
    paper.head(&format!("五、{won}信息"));
    if let Some(on) = tendered_on {
        paper.p(&format!("招标公告日期：{}", words::day(*on)));
    }
    if let Some(on) = awarded_on {
        paper.p(&format!("{won}日期：{}", words::day(*on)));
    }
    match lots.iter().map(|lot| lot.amount).sum::<Option<i64>>() {
        Some(fen) => paper.p(&format!("总{won}金额：{} 万元（人民币）", money::wan_short(fen))),
        None => paper.p(&format!("总{won}金额：详见附件")),
    };
    paper.p(&format!("{won}供应商名称、联系地址及{won}金额："));
    paper.table(
        &["序号", &format!("{won}供应商名称"), &format!("{won}供应商联系地址"), &format!("{won}金额(万元)")],
        &lots.iter().zip(1..).map(|(lot, place)| award_row(lot, place)).collect::<Vec<_>>(),
    );
    paper.head("六、其它补充事宜");
    paper.p("本公告期限为1个工作日。");
}

fn award_row(lot: &Lot, place: u32) -> Vec<String> {
    let join = |of: fn(&Supplier) -> &'static str| {
        let told: Vec<&str> = lot.winners.iter().map(of).filter(|text| !text.is_empty()).collect();
        told.join("、")
    };
    let name = match join(|winner| winner.name) {
        name if name.is_empty() => "详见附件".to_owned(),
        name => name,
    };
    let address = join(|winner| winner.address);
    vec![place.to_string(), name, address, lot.amount.map_or_else(|| "详见附件".to_owned(), money::wan)]
}

fn failed(paper: &mut Paper, notice: &Notice, why: &str) {
    paper.p(&opening(notice, &format!("就“{}”组织采购，现予以废标，有关事项公告如下：", notice.purchase.title)));
    paper.head("一、项目信息");
    names(paper, notice);
    paper.head("二、采购单位信息");
    paper.p(&format!("采购单位名称：{}", notice.purchase.buyer));
    paper.head("三、废标原因");
    paper.p(&format!("废标原因：{why}"));
    paper.head("四、其它补充事宜");
    paper.p("本项目将另行组织采购。");
}

fn correction(paper: &mut Paper, notice: &Notice, moved: &[Moved]) {
    let Says::Correction { first_on, .. } = &notice.says else { return };
    paper.p(&opening(notice, &format!("现就“{}”的有关内容更正如下：", notice.purchase.title)));
    names(paper, notice);
    contacts(paper, notice);
    paper.head("一、更正内容");
    paper.p(&format!("首次公告日期：{}", words::day(*first_on)));
    for (line, place) in moved.iter().zip(1..) {
        paper.p(&format!("{place}. 原公告“{}”：{}，现更正为：{}。", line.item, line.before, line.after));
    }
    paper.p(&format!("更正日期：{}", words::day(notice.at.date())));
    paper.head("二、其它补充事宜");
    paper.p("其他内容不变。");
}

fn candidates(paper: &mut Paper, notice: &Notice, ranked: &[Supplier]) {
    paper.p(&opening(
        notice,
        &format!("就“{}”组织采购，评审工作已经结束，现将中标候选人公示如下：", notice.purchase.title),
    ));
    names(paper, notice);
    paper.p(&format!("采购单位：{}", notice.purchase.buyer));
    for (supplier, place) in ranked.iter().zip(["一", "二", "三", "四", "五"]) {
        paper.p(&format!("第{place}中标候选人：{}", supplier.name));
    }
    paper.p("公示期：1个工作日。");
}

fn single_source(paper: &mut Paper, notice: &Notice, proposed: &Supplier, why: &str) {
    paper.head("一、项目信息");
    paper.p(&format!("采购人：{}", notice.purchase.buyer));
    names(paper, notice);
    paper.p(&format!("拟采购的货物或服务的说明：{}", notice.purchase.wants));
    if let Some(fen) = notice.purchase.budget {
        paper.p(&format!("拟采购的货物或服务的预算金额：{} 万元（人民币）", money::wan_short(fen)));
    }
    paper.p(&format!("采用单一来源采购方式的原因及说明：{why}"));
    paper.head("二、拟定供应商信息");
    paper.p(&format!("名称：{}", proposed.name));
    paper.p(&format!("地址：{}", proposed.address));
    paper.head("三、公示期限");
    paper.p("自公示之日起5个工作日。");
}

fn contract(paper: &mut Paper, notice: &Notice) {
    let Says::Contract { number, supplier, amount, signed_on } = &notice.says else { return };
    let purchase = notice.purchase;
    if let Some(number) = number {
        paper.p(&format!("一、合同编号：{number}"));
    }
    paper.p(&format!("二、合同名称：{}合同", purchase.title));
    paper.p(&format!("三、项目编号：{}", purchase.number.unwrap_or("详见附件")));
    paper.p(&format!("四、项目名称：{}", purchase.title));
    paper.p("五、合同主体");
    paper.p(&format!("采购人（甲方）：{}", purchase.buyer));
    paper.p(&format!("供应商（乙方）：{}", supplier.name));
    paper.p(&format!("地址：{}", supplier.address));
    paper.p("六、合同主要信息");
    paper.p(&format!("主要标的名称：{}", purchase.title));
    match (amount, purchase.budget) {
        (Some(fen), _) => paper.p(&format!("合同金额：{} 万元（人民币）", money::wan_short(*fen))),
        (None, Some(fen)) => paper.p(&format!("预算金额：{} 万元（人民币）", money::wan_short(fen))),
        (None, None) => paper.p("合同金额：详见附件"),
    };
    if let Some(on) = signed_on {
        paper.p(&format!("七、合同签订日期：{}", words::day(*on)));
    }
    paper.p(&format!("八、合同公告日期：{}", words::day(notice.at.date())));
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "无" } else { text }
}
