//! A notice's body as pieces in order: headings, fields with their labels, lot marks, plain lines, tables, each with the section
//! it stands in. Works on pages with one field a line and on old ones where everything runs on.

use crate::sources::dialect::blocks::{Block, Grid};
use crate::sources::dialect::fold::{fold, is_han, plain, tidy};

use super::labels::{Key, bare, classify, classify_exactly};
use super::lots;

/// What a part of a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(super) enum Section {
    /// Before any heading.
    #[default]
    Start,
    /// 项目基本情况.
    Basic,
    /// 中标（成交）信息.
    Result,
    /// 主要标的信息.
    Items,
    /// Bidders, scores, prices of all.
    Bidders,
    /// 中标候选人.
    Candidates,
    /// 拟定供应商.
    Proposed,
    /// 废标、终止原因.
    Failure,
    /// 更正信息.
    Correction,
    /// 采购需求.
    Needs,
    /// Qualification of bidders.
    Qualification,
    /// How to get the documents.
    Documents,
    /// How and until when to hand in.
    Submission,
    /// 开标.
    Opening,
    /// 评审专家.
    Experts,
    /// 代理服务收费.
    Fee,
    /// 公告期限.
    Period,
    /// 合同主要信息.
    Contract,
    /// 采购人信息.
    BuyerContact,
    /// 采购代理机构信息.
    AgencyContact,
    /// Any other contact.
    Contact,
    /// 附件.
    Attachments,
    /// 其他补充事宜 and headings that say nothing known.
    Elsewhere,
}

impl Section {
    /// Whether it holds persons and telephones.
    pub(super) fn is_contact(self) -> bool {
        matches!(self, Self::BuyerContact | Self::AgencyContact | Self::Contact)
    }
}

/// A label and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub key: Key,
    /// As printed, with its bracketed note: 预算金额（万元）.
    pub label: String,
    pub value: String,
    /// The lot named inside the label.
    pub lot: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Heading(String),
    Field(Field),
    Lot { mark: lots::Mark, rest: String },
    Line(String),
    Table(Grid),
}

/// One piece of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub section: Section,
    pub kind: Kind,
}

/// A body in pieces, and its lines as they stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Outline {
    pub pieces: Vec<Piece>,
    /// Every line and table row with its section, for the notice's text.
    pub lines: Vec<(Section, String)>,
}

/// Reads blocks into pieces.
pub(super) fn outline(blocks: &[Block]) -> Outline {
    let mut reading = Reading { out: Outline::default(), section: Section::Start };
    for block in blocks {
        match block {
            Block::Line(line) => {
                for part in parts(line) {
                    reading.line(&part);
                }
            }
            Block::Table(grid) => reading.table(grid),
        }
    }
    fill_empty(&mut reading.out.pieces);
    reading.out
}

struct Reading {
    out: Outline,
    section: Section,
}

impl Reading {
    fn push(&mut self, kind: Kind) {
        self.out.pieces.push(Piece { section: self.section, kind });
    }

    fn line(&mut self, line: &str) {
        let line = line.trim();
        if line.is_empty() {
            return;
        }
        let mut is_heading = false;
        if let Some((text, major)) = heading_text(line) {
            let alone = line.chars().count() <= text.chars().count() + 12;
            match section_of(&text, major) {
                Some(section) => {
                    self.section = section;
                    self.push(Kind::Heading(text));
                    is_heading = alone;
                }
                None if major => {
                    self.section = Section::Elsewhere;
                    self.push(Kind::Heading(text));
                    is_heading = alone;
                }
                None => {}
            }
        }
        self.out.lines.push((self.section, line.to_owned()));
        if let Some((mark, rest)) = lots::heading(line) {
            self.push(Kind::Lot { mark, rest: rest.clone() });
            if !rest.is_empty() {
                self.fields(&rest);
            }
            return;
        }
        // A heading that is nothing but one is no line of text as well.
        if !(is_heading && labels_in(line).is_empty()) {
            self.fields(line);
        }
    }

    fn fields(&mut self, line: &str) {
        let found = labels_of_values(line);
        let chars: Vec<char> = line.chars().collect();
        let slice =
            |from: usize, to: usize| -> String { chars.iter().skip(from).take(to.saturating_sub(from)).collect() };
        let before = found.first().map_or(chars.len(), |label| label.start);
        let lead = tidy(&slice(0, before));
        if lead.chars().filter(|c| c.is_alphanumeric()).count() > 1 {
            self.push(Kind::Line(lead));
        }
        for (at, label) in found.iter().enumerate() {
            let end = found.get(at + 1).map_or(chars.len(), |next| next.start);
            let printed = tidy(&slice(label.start, label.value));
            let value = tidy(slice(label.value, end).trim_end_matches(['(', '（', '【', '[']));
            let value = value.trim_matches(|c: char| matches!(c, ';' | '；' | '。' | ' ')).to_owned();
            let lot =
                lots::leading(&fold(&printed)).map(|(_, mark)| mark.label).filter(|_| label.key != Key::LotNumber);
            let field = Field { key: label.key, label: printed, value, lot };
            if field.key == Key::LotNumber {
                self.lot_number(field);
            } else {
                self.push(Kind::Field(field));
            }
        }
    }

    /// 包号：1 opens a lot as a line of its own would.
    fn lot_number(&mut self, field: Field) {
        let (first, rest) = match field.value.split_once([' ', ',', '，', '；', ';']) {
            Some((first, rest)) => (first.to_owned(), rest.to_owned()),
            None => (field.value.clone(), String::new()),
        };
        match lots::of_cell(&first) {
            Some(mark) => self.push(Kind::Lot { mark, rest }),
            None => self.push(Kind::Field(Field { key: Key::Other, ..field })),
        }
    }

    fn table(&mut self, grid: &Grid) {
        for row in &grid.rows {
            let mut texts: Vec<&str> = Vec::new();
            let mut last = None;
            for cell in row {
                if last != Some(cell.origin) && !cell.text.is_empty() {
                    texts.push(&cell.text);
                }
                last = Some(cell.origin);
            }
            if !texts.is_empty() {
                self.out.lines.push((self.section, texts.join(" | ").replace('\n', " ")));
            }
        }
        self.push(Kind::Table(grid.clone()));
    }
}

/// A field without a value takes the plain line after it; a heading that is itself a label takes it too.
fn fill_empty(pieces: &mut Vec<Piece>) {
    let wants = |key: Key| {
        matches!(
            key,
            Key::Number
                | Key::Title
                | Key::OriginalNumber
                | Key::OriginalTitle
                | Key::Supplier
                | Key::SupplierAddress
                | Key::Award
                | Key::AwardTotal
                | Key::Budget
                | Key::Ceiling
                | Key::Buyer
                | Key::Agency
                | Key::Deadline
                | Key::Opening
                | Key::AwardedOn
                | Key::Proposed
                | Key::FailReason
                | Key::FirstPublished
                | Key::TenderPublished
                | Key::Method
                | Key::Contract
                | Key::Name
                | Key::Address
        )
    };
    let mut at = 0;
    while at + 1 < pieces.len() {
        let label = match pieces.get(at).map(|piece| &piece.kind) {
            Some(Kind::Field(field)) if field.value.is_empty() && wants(field.key) => {
                Some((field.key, field.label.clone()))
            }
            Some(Kind::Heading(text)) => classify(text).filter(|key| wants(*key)).map(|key| (key, text.clone())),
            _ => None,
        };
        let next = match pieces.get(at + 1).map(|piece| &piece.kind) {
            Some(Kind::Line(line))
                if line.chars().count() <= 200 && heading_text(line).is_none_or(|(_, major)| !major) =>
            {
                Some(line.clone())
            }
            _ => None,
        };
        if let (Some((key, label)), Some(value)) = (label, next) {
            if let Some(piece) = pieces.get_mut(at + 1) {
                piece.kind = Kind::Field(Field { key, label, value, lot: None });
            }
            if matches!(pieces.get(at).map(|piece| &piece.kind), Some(Kind::Field(_))) {
                pieces.remove(at);
            }
        }
        at += 1;
    }
}

/// A line that runs on is cut where a numbered heading begins inside it.
fn parts(line: &str) -> Vec<String> {
    let chars: Vec<char> = line.chars().collect();
    let mut cuts = vec![0];
    for (at, c) in chars.iter().enumerate() {
        if at == 0 || !is_numeral(*c) {
            continue;
        }
        let fresh = chars.get(at - 1).is_some_and(|before| matches!(before, ' ' | '。' | '；' | ';' | '\u{3000}'));
        if !fresh {
            continue;
        }
        let length = chars.iter().skip(at).take_while(|c| is_numeral(**c)).count();
        if length <= 3 && matches!(chars.get(at + length), Some('、' | '．')) {
            cuts.push(at);
        }
    }
    cuts.push(chars.len());
    cuts.windows(2)
        .filter_map(|window| match window {
            [from, to] => Some(chars.iter().skip(*from).take(to - from).collect::<String>()),
            _ => None,
        })
        .collect()
}

fn is_numeral(c: char) -> bool {
    matches!(c, '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十')
}

/// The words of a heading without its number, and whether the number is of the first order (一、).
pub(super) fn heading_text(line: &str) -> Option<(String, bool)> {
    let chars: Vec<char> = line.trim().chars().map(plain).collect();
    let numerals = chars.iter().take_while(|c| is_numeral(**c)).count();
    let (start, major) =
        if numerals > 0 && numerals <= 3 && matches!(chars.get(numerals), Some('、' | '.' | ',' | ' ' | ':')) {
            (numerals + 1, true)
        } else if numerals == 0 && chars.first() == Some(&'(') {
            let inside = chars.iter().skip(1).take_while(|c| is_numeral(**c) || c.is_ascii_digit()).count();
            if inside == 0 || inside > 3 || chars.get(inside + 1) != Some(&')') {
                return None;
            }
            (inside + 2, false)
        } else {
            let digits = chars.iter().take_while(|c| c.is_ascii_digit()).count();
            if digits > 2 || digits > 0 && !matches!(chars.get(digits), Some('.' | '、' | ',' | ' ')) {
                return None;
            }
            (if digits > 0 { digits + 1 } else { 0 }, false)
        };
    let rest: String = chars.iter().skip(start).collect();
    let rest = rest.trim_start_matches(['.', ' ', '、']);
    let text: String = rest.split([':', '。', ';', '；']).next().unwrap_or_default().chars().take(60).collect();
    let text = tidy(&text);
    let han = text.chars().filter(|c| is_han(*c)).count();
    if han < 2 || !major && text.chars().count() > 24 {
        return None;
    }
    Some((text, major))
}

/// The section that a heading opens. One without a number must be nothing but a known heading.
fn section_of(text: &str, major: bool) -> Option<Section> {
    let word = bare(text);
    let has = |words: &[&str]| words.iter().any(|w| word.contains(w));
    let is = |words: &[&str]| words.contains(&word.as_str());
    if is(&["采购人信息", "采购单位信息", "招标人信息", "采购人", "采购单位", "采购人名称"])
        && (!major || word.ends_with("信息"))
    {
        return word.ends_with("信息").then_some(Section::BuyerContact);
    }
    if has(&["代理机构信息", "集中采购机构信息"]) {
        return Some(Section::AgencyContact);
    }
    if is(&["项目联系方式", "联系方式", "联系事项", "项目联系人", "监督部门", "同级政府采购监督管理部门"])
    {
        return Some(Section::Contact);
    }
    if !major {
        return minor_section(&word);
    }
    let table: &[(&[&str], Section)] = &[
        (&["询问", "质疑", "联系方式", "联系事项", "咨询", "监督", "联系人"], Section::Contact),
        (&["附件"], Section::Attachments),
        (&["公告期限", "公示期", "公告期", "公示时间"], Section::Period),
        (&["代理服务", "服务收费", "服务费", "收费标准"], Section::Fee),
        (
            &[
                "评审专家",
                "评标委员会",
                "评审委员会",
                "磋商小组",
                "谈判小组",
                "询价小组",
                "评审小组",
                "专家名单",
                "评标专家",
                "评委",
            ],
            Section::Experts,
        ),
        (
            &[
                "未中标",
                "未成交",
                "落标",
                "投标供应商",
                "参加",
                "参与",
                "投标人",
                "报价情况",
                "评审情况",
                "评标情况",
                "资格审查",
                "符合性",
                "得分",
                "排名",
                "排序",
                "报名",
            ],
            Section::Bidders,
        ),
        (&["候选"], Section::Candidates),
        (&["拟定", "拟采购供应商", "唯一供应商", "拟中标", "预中标", "拟成交"], Section::Proposed),
        (&["主要标的", "标的信息", "货物清单", "主要成交标的", "主要中标标的", "中标标的", "成交标的"], Section::Items),
        (&["废标", "流标", "终止"], Section::Failure),
        (&["更正", "变更", "澄清"], Section::Correction),
        (&["合同主要信息", "合同信息", "合同主要内容"], Section::Contract),
        (
            &["中标", "成交", "采购结果", "结果信息", "定标", "评审结果", "入围", "中选", "结果", "评标结果"],
            Section::Result,
        ),
        (&["资格要求", "资格条件", "供应商资格", "投标人资格", "申请人", "资质要求"], Section::Qualification),
        (&["获取", "领取", "文件发售", "报名", "购买"], Section::Documents),
        (&["提交", "递交", "截止", "响应文件"], Section::Submission),
        (&["开启", "开标"], Section::Opening),
        (
            &["采购需求", "采购内容", "招标内容", "项目需求", "技术要求", "采购清单", "需求概况", "招标项目"],
            Section::Needs,
        ),
        (&["补充", "其他", "其它"], Section::Elsewhere),
        (
            &[
                "项目",
                "基本情况",
                "概况",
                "基本信息",
                "采购人",
                "采购方式",
                "合同",
                "采购单位",
                "招标人",
                "预算",
                "限价",
                "日期",
                "公告媒",
            ],
            Section::Basic,
        ),
    ];
    table.iter().find(|(words, _)| has(words)).map(|(_, section)| *section)
}

/// Headings of the second order that change what the lines below are about.
fn minor_section(word: &str) -> Option<Section> {
    let is = |words: &[&str]| words.contains(&word);
    if is(&[
        "中标信息",
        "中标结果",
        "成交信息",
        "成交结果",
        "中标结果信息",
        "中标供应商信息",
        "成交供应商信息",
        "采购结果",
        "评审结果",
    ]) {
        return Some(Section::Result);
    }
    if is(&["废标结果", "流标结果", "废标信息"]) {
        return Some(Section::Failure);
    }
    if is(&["主要标的信息", "主要标的", "中标标的信息"]) {
        return Some(Section::Items);
    }
    let bidders = [
        "未中标",
        "未成交",
        "落标",
        "评审报价",
        "投标报价情况",
        "报价情况",
        "评审排序",
        "投标人名单",
        "供应商名单",
        "评审得分",
        "通过资格审查",
        "排序情况",
        "资格性审查",
        "评标情况",
        "候选人排",
    ];
    bidders.iter().any(|mark| word.contains(mark)).then_some(Section::Bidders)
}

struct FoundLabel {
    key: Key,
    start: usize,
    value: usize,
}

/// The labels of a line; one that only says how the sum before it is meant belongs to that sum: 中标金额：单价：12元.
fn labels_of_values(line: &str) -> Vec<FoundLabel> {
    let mut found = labels_in(line);
    let money = |key: Key| {
        matches!(key, Key::Award | Key::AwardTotal | Key::Budget | Key::LotBudget | Key::Ceiling | Key::Contract)
    };
    let mut at = 0;
    while at + 1 < found.len() {
        let joins = match (found.get(at), found.get(at + 1)) {
            (Some(label), Some(next)) => {
                money(label.key) && matches!(next.key, Key::OtherSum | Key::Quote) && next.start <= label.value
            }
            _ => false,
        };
        if joins {
            found.remove(at + 1);
        } else {
            at += 1;
        }
    }
    found
}

/// Every label with a colon in a line, and where its value begins.
fn labels_in(line: &str) -> Vec<FoundLabel> {
    let chars: Vec<char> = line.chars().map(plain).collect();
    let mut found: Vec<FoundLabel> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if chars.get(at) != Some(&':') {
            at += 1;
            continue;
        }
        let mut value = at + 1;
        while matches!(chars.get(value), Some(':' | ' ')) {
            value += 1;
        }
        let time = at > 0
            && chars.get(at - 1).is_some_and(char::is_ascii_digit)
            && chars.get(at + 1).is_some_and(char::is_ascii_digit);
        let address = chars.get(at + 1) == Some(&'/');
        if !time && !address && found.len() < 400 {
            let floor = found.last().map_or(0, |label| label.value);
            if let Some((key, start)) = label_before(&chars, at, floor) {
                found.push(FoundLabel { key, start, value });
            }
        }
        at = value.max(at + 1);
    }
    found
}

/// The label that ends at a colon: the longest run of words back from it that is one.
fn label_before(chars: &[char], colon: usize, floor: usize) -> Option<(Key, usize)> {
    let mut starts: Vec<usize> = Vec::new();
    let mut at = colon;
    let mut count = 0;
    while at > floor && count < 30 {
        let c = *chars.get(at - 1)?;
        match c {
            ')' | ']' => {
                let open = matching(chars, at - 1, floor)?;
                at = open;
                starts.push(at);
                continue;
            }
            '。' | ';' | '；' | '!' | '?' | '|' | '\n' | ',' | '，' | '(' | '[' | '《' | '》' | ':' => break,
            '、' | '/' => {
                let joins = at >= 3
                    && chars.get(at..at + 2).is_some_and(|next| {
                        matches!(next, ['成', '交'] | ['中', '标'] | ['流', '标'] | ['终', '止'] | ['开', '标'])
                    });
                if !joins {
                    break;
                }
                at -= 1;
            }
            '.' => break,
            ' ' => at -= 1,
            _ => {
                at -= 1;
                count += 1;
                starts.push(at);
            }
        }
    }
    let text_from = |start: usize| -> String { chars.iter().skip(start).take(colon - start).collect() };
    let fresh = |start: usize| -> bool {
        start == floor
            || start == 0
            || chars.get(start - 1).is_none_or(|c| !is_han(*c) || *c == ' ') && chars.get(start - 1) != Some(&'/')
    };
    // The longest listed label that begins where a word may begin, else one word that is a label by its parts.
    let begins: Vec<usize> = starts.iter().rev().copied().filter(|start| fresh(*start)).collect();
    if let Some(hit) = begins.iter().find_map(|start| Some((classify_exactly(&text_from(*start))?, *start))) {
        return Some(hit);
    }
    for start in begins {
        let text = text_from(start);
        let stem = without_brackets(&text);
        let one_word = stem.split(' ').filter(|word| !word.is_empty()).all(|word| word.chars().count() == 1)
            || !stem.trim().contains(' ') && bare(&text).chars().count() <= 16;
        if one_word && let Some(key) = classify(&text) {
            return Some((key, start));
        }
    }
    glued(chars, colon, &starts)
}

/// A text without what stands in brackets.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    text.chars()
        .filter(|c| {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect()
}

/// How labels begin that may stand grown onto other words.
const LEADS: [&str; 17] = [
    "总中标",
    "总成交",
    "中标",
    "成交",
    "采购",
    "项目",
    "预算",
    "最高",
    "合同",
    "投标",
    "招标",
    "控制",
    "政府采购",
    "供应商",
    "代理服务",
    "评审",
    "提交",
];

/// A label grown onto the words before it: 本项目预算金额. Only ones that mean one thing.
fn glued(chars: &[char], colon: usize, starts: &[usize]) -> Option<(Key, usize)> {
    for start in starts.iter().rev() {
        let text: String = chars.iter().skip(*start).take(colon - *start).collect();
        let word = bare(&text);
        if !(4..=14).contains(&word.chars().count()) || without_brackets(&text).trim().contains(' ') {
            continue;
        }
        let Some(key) = classify_exactly(&text)
            .or_else(|| LEADS.iter().any(|lead| word.starts_with(lead)).then(|| classify(&text)).flatten())
        else {
            continue;
        };
        let before: String = chars.iter().take(*start).rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
        if ["未", "落", "候选", "服务", "代理", "评审", "保证", "其他", "拟", "原", "非"]
            .iter()
            .any(|lead| before.trim_end().ends_with(lead))
        {
            return Some((Key::Other, *start));
        }
        let plain = matches!(
            key,
            Key::Number
                | Key::Title
                | Key::Budget
                | Key::Ceiling
                | Key::Award
                | Key::AwardTotal
                | Key::Supplier
                | Key::SupplierAddress
                | Key::Deadline
                | Key::Opening
                | Key::Buyer
                | Key::OtherSum
                | Key::CreditCode
                | Key::OriginalNumber
                | Key::OriginalTitle
                | Key::FirstPublished
                | Key::Candidate
                | Key::Loser
                | Key::LotBudget
                | Key::LotCeiling
                | Key::Contact
        );
        if plain {
            return Some((key, *start));
        }
    }
    None
}

fn matching(chars: &[char], close: usize, floor: usize) -> Option<usize> {
    let mut depth = 0;
    let mut at = close + 1;
    while at > floor && close + 1 - at < 90 {
        at -= 1;
        match chars.get(at)? {
            ')' | ']' => depth += 1,
            '(' | '[' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(line: &str) -> Vec<(Key, String)> {
        let out = outline(&[Block::Line(line.to_owned())]);
        out.pieces
            .into_iter()
            .filter_map(|piece| match piece.kind {
                Kind::Field(field) => Some((field.key, field.value)),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn several_fields_on_a_line_are_parted() {
        assert_eq!(
            fields("供应商名称：甲有限公司 供应商地址：某路3号 中标（成交）金额：182.0000000（万元）"),
            [
                (Key::Supplier, "甲有限公司".to_owned()),
                (Key::SupplierAddress, "某路3号".to_owned()),
                (Key::Award, "182.0000000（万元）".to_owned()),
            ]
        );
        assert_eq!(
            fields("名 称：某医院 地　址：某路1号"),
            [(Key::Name, "某医院".to_owned()), (Key::Address, "某路1号".to_owned())]
        );
    }

    #[test]
    fn a_running_text_is_cut_at_its_headings() {
        let found = fields("一、项目编号：ABC-1 二、项目名称：某项目 三、中标信息 供应商名称：甲公司");
        assert_eq!(found.len(), 3);
        assert_eq!(found[0], (Key::Number, "ABC-1".to_owned()));
        assert_eq!(found[1], (Key::Title, "某项目".to_owned()));
    }

    #[test]
    fn a_heading_that_is_a_label_takes_the_next_line() {
        let out = outline(&[Block::Line("一、项目编号".into()), Block::Line("EZYG-2023-017".into())]);
        let Some(Piece { kind: Kind::Field(field), .. }) = out.pieces.last() else { panic!("a field") };
        assert_eq!((field.key, field.value.as_str()), (Key::Number, "EZYG-2023-017"));
    }

    #[test]
    fn a_time_is_no_label() {
        assert_eq!(fields("开标时间：2026年06月25日 09:00"), [(Key::Opening, "2026年06月25日 09:00".to_owned())]);
    }
}
