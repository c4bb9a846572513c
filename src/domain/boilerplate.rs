//! Does a sentence of a notice's text speak of what is bought, or of how the bidding goes? Qualification, guarantees, scoring,
//! invoices, the platform's own chain and lists of courses are boilerplate; the rest is requirement. Reads words, not law.

/// What a part of the text speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Part {
    /// What is bought.
    #[default]
    Requirement,
    /// How the bidding goes.
    Boilerplate,
}

impl Part {
    /// The field of the evidence.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Requirement => "requirement",
            Self::Boilerplate => "boilerplate",
        }
    }
}

/// How long the heading of a numbered line may be, in characters.
const HEADING_MAX: usize = 16;
/// How long one without a number may be.
const BARE_HEADING_MAX: usize = 10;

/// Headings of procedure.
const PROCEDURE: [&str; 22] = [
    "资格要求",
    "资格条件",
    "资格审查",
    "资质要求",
    "获取招标文件",
    "获取采购文件",
    "获取磋商文件",
    "获取谈判文件",
    "文件的获取",
    "文件获取",
    "报名",
    "文件提交",
    "文件递交",
    "开标",
    "开启",
    "公告期限",
    "补充事宜",
    "联系方式",
    "保证金",
    "评标",
    "评审",
    "注意事项",
];

/// Headings of what is bought.
const SUBJECT: [&str; 12] = [
    "项目概况",
    "基本情况",
    "采购需求",
    "采购内容",
    "招标内容",
    "招标范围",
    "建设内容",
    "服务内容",
    "技术要求",
    "主要标的",
    "标的信息",
    "功能要求",
];

const BIDDERS: [&str; 7] = ["投标人", "供应商", "响应人", "投标单位", "投标企业", "竞标人", "磋商申请人"];
/// What bidders are asked to be or to show.
const QUALIFIES: [&str; 14] = [
    "核验",
    "查验",
    "验真",
    "资格审查",
    "身份认证",
    "资格",
    "资质",
    "业绩",
    "证书",
    "著作权",
    "经营范围",
    "备案证明",
    "营业执照",
    "信用记录",
];
/// Words that are of the procedure wherever they stand.
const ALWAYS: [&str; 9] =
    ["电子保函", "投标保函", "履约保函", "投标保证金", "得分", "评分", "加分", "经营范围", "公证处"];
const PLATFORMS: [&str; 5] = ["交易平台", "采购平台", "交易系统", "交易中心", "电子开标"];
const TRACES: [&str; 6] = ["存证", "上链", "固化", "解密", "时间戳", "哈希"];
const PAPERS: [&str; 8] = ["投标文件", "响应文件", "开标", "评标", "中标通知书", "本公告", "公告内容", "交易数据"];
const COURSES: [&str; 6] = ["课程", "教材", "书目", "专业课", "教学大纲", "图书目录"];
/// From how many parts on a sentence is a list.
const LIST_PARTS_MIN: usize = 4;

/// Walks the sentences of a text in order and says of each what it speaks of: its own words, else the heading above it.
#[derive(Default)]
pub(super) struct Parts {
    under: Part,
}

impl Parts {
    /// Takes the next sentence, as it is compared, marks half width.
    pub(super) fn pass(&mut self, folded: &str) {
        if let Some(part) = heading(folded) {
            self.under = part;
        }
    }

    /// The part that the sentence just passed belongs to.
    pub(super) fn of(&self, folded: &str) -> Part {
        if is_boilerplate(folded) { Part::Boilerplate } else { self.under }
    }
}

/// What a heading says of the lines below it: the short beginning of a numbered line, or a very short line.
fn heading(folded: &str) -> Option<Part> {
    let bare = folded.trim_start_matches(|c: char| "一二三四五六七八九十0123456789()、.第章节 ".contains(c));
    let head = bare.split([':', ',', '(']).next().unwrap_or_default();
    let length_max = if bare.len() < folded.len() { HEADING_MAX } else { BARE_HEADING_MAX };
    if head.chars().count() > length_max {
        return None;
    }
    let speaks = |words: &[&str]| words.iter().any(|word| head.contains(word));
    speaks(&PROCEDURE).then_some(Part::Boilerplate).or_else(|| speaks(&SUBJECT).then_some(Part::Requirement))
}

fn is_boilerplate(sentence: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    has(&ALWAYS)
        || (has(&BIDDERS) && has(&QUALIFIES))
        || (has(&PLATFORMS) && has(&TRACES))
        || (has(&PAPERS) && has(&TRACES))
        || (has(&COURSES) && is_list(sentence))
}

fn is_list(sentence: &str) -> bool {
    sentence.split(['、', ',']).count() >= LIST_PARTS_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<Part> {
        let mut parts = Parts::default();
        let part = |line| {
            parts.pass(line);
            parts.of(line)
        };
        text.lines().map(part).collect()
    }

    #[test]
    fn a_sentence_is_of_the_heading_above_it() {
        let text = "项目概况\n建设区块链底层平台\n二、申请人的资格要求：\n具有链上服务能力\n三、采购需求\n部署节点八个";
        let heard: Vec<bool> = parts(text).into_iter().map(|part| part == Part::Boilerplate).collect();
        assert_eq!(heard, [false, false, true, true, false, false]);
    }

    #[test]
    fn the_words_of_a_sentence_outweigh_its_heading() {
        for sentence in [
            "本次评标首次使用区块链技术对投标人进行身份资格核验",
            "供应商须具有区块链相关软件著作权证书",
            "投标保证金可采用区块链电子保函",
            "开标过程数据在公共资源交易平台上链存证",
            "具有区块链发明专利的每项得分2分",
            "课程包括:大数据基础、人工智能导论、区块链技术与应用、云计算",
        ] {
            assert_eq!(parts(sentence), [Part::Boilerplate], "{sentence}");
        }
        for sentence in [
            "主要包含:数据沙箱、可信空数据空间-区块链、隐私计算、连接器等建设内容",
            "供应商应完成区块链平台的部署",
            "建设基于区块链的电子证照共享系统,实现营业执照上链",
            "系统支持电子票据上链存证",
        ] {
            assert_eq!(parts(sentence), [Part::Requirement], "{sentence}");
        }
    }

    #[test]
    fn a_long_line_without_a_number_is_no_heading() {
        let line = "某项目的潜在投标人应在某平台获取招标文件并于某日某时前递交投标文件";
        assert_eq!(heading(line), None);
        assert_eq!(heading("获取招标文件"), Some(Part::Boilerplate));
        assert_eq!(heading("六、其他补充事宜"), Some(Part::Boilerplate));
        assert_eq!(heading("1.采购需求:建设区块链平台一套,包括底层链、合约与浏览器"), Some(Part::Requirement));
    }
}
