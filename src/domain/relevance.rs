//! Is this of the topic, and where does it say so? Notary stamps and page furniture are taken out first; a term in a name or as
//! a means of payment is a mention at most, and so is one in the running text: there the evidence says whether the sentence speaks
//! of what is bought or of how the bidding goes.

use super::boilerplate::{Part, Parts};
use super::names;
use super::notice::Notice;
use super::topic::{Relevance, Topic, TopicEvidence, Weight};

/// How many places are kept.
const EVIDENCE_MAX: usize = 10;
/// How long a kept sentence may be, in characters.
const SENTENCE_MAX: usize = 200;

/// What exchange platforms stamp on any page, whatever is bought.
const STAMPS: [&str; 5] = ["区块链已存证", "存证时间", "存证哈希值", "存证哈希", "区块高度"];

/// A term as a way to be paid or invoiced, not as what is bought.
const PAYMENTS: [&str; 4] = ["区块链电子发票", "区块链电子普通发票", "区块链发票", "区块链电子票据"];
/// Behind such a phrase: then the thing itself is bought after all.
const BOUGHT: [&str; 9] = ["系统", "平台", "软件", "开发", "建设", "接口", "模块", "服务", "研发"];

/// Judges a notice: title and project title make it the subject, items and their path an item, the rest a mention.
#[must_use]
pub fn judge(notice: &Notice, topic: &Topic) -> Relevance {
    let judge = Judge::new(notice, topic);
    let mut found = Vec::new();
    found.extend(judge.look("title", &notice.title, Weight::Subject));
    if let Some(title) = &notice.project_title {
        found.extend(judge.look("project_title", title, Weight::Subject));
    }
    if let Some(path) = &notice.items_path {
        found.extend(judge.look("items_path", path, Weight::Item));
    }
    for item in &notice.items {
        found.extend(judge.look("items", &item.name, Weight::Item));
    }
    // What part of the text a sentence stands in matters only where a term may follow.
    if sentences(&notice.text).any(|sentence| judge.may_hold_a_term(sentence)) {
        let mut parts = Parts::default();
        for sentence in sentences(&notice.text) {
            found.extend(judge.look_in_text(sentence, &mut parts));
        }
    }
    sum_up(found)
}

/// Whether a name of something bought is of the topic by one of these terms, by the same rules.
#[must_use]
pub fn is_named(item: &str, terms: &[String]) -> bool {
    let folded = joined(item);
    terms.iter().any(|term| hits(&folded, &joined(term)).any(|(from, to)| !is_payment(&folded, from, to)))
}

fn sum_up(mut found: Vec<(Weight, TopicEvidence)>) -> Relevance {
    found.sort_by_key(|(weight, place)| (weight.rank(), place.field == Part::Boilerplate.field()));
    let weight = found.first().map_or(Weight::None, |(weight, _)| *weight);
    let mut evidence: Vec<TopicEvidence> = Vec::new();
    for (_, place) in found {
        if evidence.len() < EVIDENCE_MAX && !evidence.contains(&place) {
            evidence.push(place);
        }
    }
    Relevance { weight, evidence }
}

/// The topic and the notice's names, folded once.
struct Judge {
    terms: Vec<(String, String)>,
    /// The terms' first characters.
    firsts: Vec<char>,
    exclusions: Vec<String>,
    names: Vec<String>,
}

impl Judge {
    fn new(notice: &Notice, topic: &Topic) -> Self {
        let parties = notice.buyers.iter().chain(&notice.agency);
        let suppliers = notice.lots.iter().flat_map(|lot| &lot.suppliers);
        let proposed = notice.candidates.iter().map(|candidate| &candidate.supplier);
        let names = parties.chain(suppliers).chain(proposed).map(|party| joined(&party.name));
        let listed = topic.exclusions.iter().map(String::as_str).chain(STAMPS);
        let terms: Vec<(String, String)> =
            topic.terms.iter().map(|term| (term.clone(), joined(term))).filter(|(_, f)| !f.is_empty()).collect();
        Self {
            firsts: terms.iter().filter_map(|(_, term)| term.chars().next()).collect(),
            terms,
            exclusions: listed.map(joined).filter(|text| !text.is_empty()).collect(),
            names: names.filter(|name| name.chars().count() >= 4).collect(),
        }
    }

    /// Whether a term can stand in a text: its first character does, or one that has to be folded to be known.
    fn may_hold_a_term(&self, text: &str) -> bool {
        text.chars().any(|c| names::folded_alone(c).is_none_or(|folded| self.firsts.contains(&folded)))
    }

    /// The places in one sentence of the running text. A stamp goes as a whole unless it is too long to be one.
    fn look_in_text(&self, sentence: &str, parts: &mut Parts) -> Vec<(Weight, TopicEvidence)> {
        let folded = joined(sentence);
        parts.pass(&folded);
        if self.is_stamp(&folded) {
            return Vec::new();
        }
        self.terms.iter().filter_map(|term| self.mention(sentence, &folded, term, parts)).collect()
    }

    /// A term's first place in a sentence, one that is no means of payment before one that is.
    fn mention(
        &self,
        sentence: &str,
        folded: &str,
        term: &(String, String),
        parts: &Parts,
    ) -> Option<(Weight, TopicEvidence)> {
        let (term, needle) = term;
        let places =
            hits(folded, needle).filter(|(from, to)| self.weigh(folded, *from, *to, Weight::Mention).is_some());
        let (is_paid, from) = places.map(|(from, to)| (is_payment(folded, from, to), from)).min()?;
        let field = if is_paid { Part::Boilerplate } else { parts.of(folded) }.field();
        let evidence =
            TopicEvidence { term: term.clone(), field: field.into(), sentence: passage(sentence, folded, from) };
        Some((Weight::Mention, evidence))
    }

    fn is_stamp(&self, folded: &str) -> bool {
        folded.chars().count() <= SENTENCE_MAX && self.exclusions.iter().any(|stamp| folded.contains(stamp.as_str()))
    }

    /// Each term's first place in a text that counts, with the weight it has there.
    fn look(&self, field: &str, text: &str, weight: Weight) -> Vec<(Weight, TopicEvidence)> {
        let folded = joined(text);
        let found = self.terms.iter().filter_map(|(term, needle)| {
            let places =
                hits(&folded, needle).filter_map(|(from, to)| Some((self.weigh(&folded, from, to, weight)?, from)));
            let (weight, from) = places.min_by_key(|(weight, _)| weight.rank())?;
            let sentence = passage(text, &folded, from);
            Some((weight, TopicEvidence { term: term.clone(), field: field.into(), sentence }))
        });
        found.collect()
    }

    /// What one place is worth; nothing inside an exclusion.
    fn weigh(&self, folded: &str, from: usize, to: usize, weight: Weight) -> Option<Weight> {
        if self.exclusions.iter().any(|stamp| is_excluded(folded, stamp, from, to, weight)) {
            return None;
        }
        let named = self.names.iter().any(|name| covers(folded, name, from, to).is_some());
        let paid = weight == Weight::Item && is_payment(folded, from, to);
        Some(if named || paid { Weight::Mention } else { weight })
    }
}

/// An exclusion silences a term inside it. Among titles and items it must stand by itself: 区块链存证 does not silence
/// 区块链存证平台建设.
fn is_excluded(folded: &str, exclusion: &str, from: usize, to: usize, weight: Weight) -> bool {
    let Some(end) = covers(folded, exclusion, from, to) else {
        return false;
    };
    let goes_on = folded.get(end..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphanumeric);
    weight == Weight::Mention || !goes_on || STAMPS.contains(&exclusion)
}

/// The end of the phrase's occurrence that covers a place.
fn covers(folded: &str, phrase: &str, from: usize, to: usize) -> Option<usize> {
    folded
        .match_indices(phrase)
        .map(|(at, _)| (at, at + phrase.len()))
        .find(|(at, end)| *at <= from && to <= *end)
        .map(|(_, end)| end)
}

fn is_payment(folded: &str, from: usize, to: usize) -> bool {
    PAYMENTS.iter().filter_map(|phrase| covers(folded, phrase, from, to)).any(|end| {
        let behind: String = folded.get(end..).unwrap_or_default().chars().take(6).collect();
        !BOUGHT.iter().any(|word| behind.contains(word))
    })
}

/// Where a folded term stands in a folded text. A term that begins or ends in a Latin letter or digit needs a word's border there.
fn hits<'a>(folded: &'a str, needle: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
    let is_word = |c: char| c.is_ascii_alphanumeric();
    let open = move |inside: Option<char>, outside: Option<char>| {
        !(inside.is_some_and(is_word) && outside.is_some_and(is_word))
    };
    folded.match_indices(needle).map(|(at, hit)| (at, at + hit.len())).filter(move |&(from, to)| {
        let before = folded.get(..from).and_then(|head| head.chars().next_back());
        let behind = folded.get(to..).and_then(|tail| tail.chars().next());
        !needle.is_empty() && open(needle.chars().next(), before) && open(needle.chars().next_back(), behind)
    })
}

/// Folded text without the blanks that stand beside a Chinese character: pages split words over inline marks.
fn joined(text: &str) -> String {
    let folded = names::folded(text);
    let mut kept = String::with_capacity(folded.len());
    let mut blank = false;
    for c in folded.trim().chars() {
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        if blank && c.is_ascii() && kept.chars().next_back().is_some_and(|last: char| last.is_ascii()) {
            kept.push(' ');
        }
        blank = false;
        kept.push(c);
    }
    kept
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r', '。', '！', '？', '；', '!', '?', ';']).filter(|sentence| !sentence.trim().is_empty())
}

/// The text itself where it is short, else what stands around the place, as it was compared.
fn passage(text: &str, folded: &str, from: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= SENTENCE_MAX {
        return text.to_owned();
    }
    let before = folded.get(..from).unwrap_or_default();
    let skipped = before.chars().count().saturating_sub(SENTENCE_MAX / 2);
    folded.chars().skip(skipped).take(SENTENCE_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::notice::Item;
    use crate::domain::organisation::Organisation;

    fn weigh(notice: &Notice) -> Weight {
        judge(notice, &Topic::blockchain()).weight
    }

    fn titled(title: &str) -> Notice {
        Notice { title: title.into(), ..Notice::default() }
    }

    fn saying(text: &str) -> Notice {
        Notice { text: text.into(), ..Notice::default() }
    }

    fn buying(items: &[&str]) -> Notice {
        let items = items.iter().map(|name| Item { name: (*name).into(), ..Item::default() }).collect();
        Notice { items, ..Notice::default() }
    }

    #[test]
    fn the_place_decides_the_weight() {
        assert_eq!(weigh(&titled("基于区块链的标识数据管理系统采购项目成交公告")), Weight::Subject);
        let project = Notice { project_title: Some("区 块 链平台".into()), ..Notice::default() };
        assert_eq!(weigh(&project), Weight::Subject);
        let path = Notice { items_path: Some("服务/信息技术服务/区块链服务".into()), ..Notice::default() };
        assert_eq!(weigh(&path), Weight::Item);
        assert_eq!(weigh(&buying(&["服务器", "区块链教学平台"])), Weight::Item);
        assert_eq!(weigh(&saying("主要包含：数据沙箱、可信空数据空间-区块链等建设内容。")), Weight::Mention);
        assert_eq!(weigh(&titled("空调采购")), Weight::None);
    }

    #[test]
    fn the_english_word_needs_its_borders_and_no_case() {
        assert_eq!(weigh(&titled("某大学BlockChain实验室采购")), Weight::Subject);
        assert_eq!(weigh(&titled("ｂｌｏｃｋｃｈａｉｎ platform")), Weight::Subject);
        assert_eq!(weigh(&titled("myblockchains platform")), Weight::None);
        assert_eq!(weigh(&titled("block chain hoist")), Weight::None);
    }

    fn heard(text: &str) -> Vec<String> {
        judge(&saying(text), &Topic::blockchain()).evidence.into_iter().map(|evidence| evidence.field).collect()
    }

    #[test]
    fn the_text_is_requirement_or_boilerplate_and_a_mention_either_way() {
        let text = "项目概况\n建设区块链底层平台。\n二、申请人的资格要求：\n供应商须具有区块链软件著作权证书。\n六、其他补充事宜\n\
                    成交供应商可开具区块链电子发票。";
        assert_eq!(heard(text), ["requirement", "boilerplate", "boilerplate"]);
        assert_eq!(weigh(&saying(text)), Weight::Mention);
        assert_eq!(
            heard("评标时使用区块链技术对投标人进行资格核验。\n系统对接区块链平台。"),
            ["requirement", "boilerplate"]
        );
        assert_eq!(heard("中标人开具区块链电子发票。"), ["boilerplate"]);
        assert_eq!(heard("建设区块链电子发票系统。"), ["requirement"]);
        let sentence = &judge(&saying("中标人开具区块链电子发票。"), &Topic::blockchain()).evidence[0].sentence;
        assert_eq!(sentence, "中标人开具区块链电子发票");
    }

    #[test]
    fn a_notary_stamp_is_no_evidence() {
        let wuhu =
            "阅读次数： 次 区块链已存证 存证时间： 2026-03-16 15:50:54 存证哈希值： 73C45CFCE7E1 区块高度： 19529677";
        assert_eq!(weigh(&saying(wuhu)), Weight::None);
        let long = format!("区块链已存证存证时间：存证哈希值：区块高度：项目概况{}", "手术室行为管理系统".repeat(40));
        assert_eq!(weigh(&saying(&long)), Weight::None);
        assert_eq!(weigh(&titled("公厕日常管养服务 区块链已存证存证时间")), Weight::None);
    }

    #[test]
    fn a_stamp_does_not_hide_what_is_bought() {
        assert_eq!(weigh(&titled("某法院区块链存证平台采购项目")), Weight::Subject);
        let mut notice = saying("区块链已存证。建设区块链底层平台。");
        assert_eq!(weigh(&notice), Weight::Mention);
        notice.title = "区块链底层平台".into();
        assert_eq!(weigh(&notice), Weight::Subject);
    }

    #[test]
    fn a_means_of_payment_is_a_mention_and_a_system_for_it_is_not() {
        assert_eq!(weigh(&buying(&["打印机（开具区块链电子发票）"])), Weight::Mention);
        assert_eq!(weigh(&buying(&["区块链电子发票系统"])), Weight::Item);
    }

    #[test]
    fn a_buyers_own_name_makes_its_furniture_no_blockchain() {
        let mut notice = titled("北京微芯区块链与边缘计算研究院办公家具采购项目公开招标公告");
        notice.buyers = vec![Organisation::named("北京微芯区块链与边缘计算研究院")];
        assert_eq!(weigh(&notice), Weight::Mention);
        notice.title = "北京微芯区块链与边缘计算研究院区块链平台采购".into();
        assert_eq!(weigh(&notice), Weight::Subject);
    }

    #[test]
    fn evidence_is_short_sorted_and_at_most_ten() {
        let mut notice = saying(&"区块链，".repeat(500));
        notice.title = "区块链平台".into();
        notice.items = (0..20).map(|n| Item { name: format!("区块链设备{n}"), ..Item::default() }).collect();
        let relevance = judge(&notice, &Topic::blockchain());
        assert_eq!(relevance.evidence.len(), 10);
        assert_eq!(relevance.evidence[0].field, "title");
        assert!(
            judge(&saying(&"区块链，".repeat(500)), &Topic::blockchain()).evidence[0].sentence.chars().count() <= 200
        );
    }
}
