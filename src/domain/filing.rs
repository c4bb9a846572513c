//! The list of blockchain services filed with the Cyberspace Administration (CAC): who is on it, through whom, and since when. A
//! filing is a registration, no approval. Services and holders are counted apart; "by the award" is another question than "by now".

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::filing_number::FilingNumber;
use super::names;
use super::party::{Parties, Party};

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Filing {
    /// 批次.
    pub batch: Option<u32>,
    /// The day that the batch was published.
    pub filed_on: Option<Date>,
    /// 主体名称: whose it is.
    pub holder: String,
    /// 服务名称.
    pub service: String,
    /// 备案编号, as printed or in its one form where it could be read.
    pub number: Option<String>,
}

impl Filing {
    /// What the service is told apart by: the number, else the name.
    fn identity(&self) -> String {
        let number = self.number.as_deref().map(|number| match FilingNumber::read(number) {
            Ok(number) => number.digits().to_owned(),
            Err(_) => names::squeezed(number),
        });
        number.unwrap_or_else(|| names::key(&self.service))
    }
}

/// Through whom a party is on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FiledThrough {
    /// Under a name of its own.
    Own,
    /// Under a name of its group: counted apart.
    Group {
        /// The name on the list.
        holder: String,
    },
}

/// What the list says of a party.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Filed {
    /// By the day of the award, that day included, and by now; nothing where that day or the batch's is unknown.
    pub by_award: Option<FiledThrough>,
    /// By now. A batch without a date is on the list, so that it counts.
    pub by_now: Option<FiledThrough>,
    /// How many services the holder of `by_now` has by now.
    pub services: u32,
    /// The day of the first of them.
    pub first_on: Option<Date>,
}

/// The list by holder.
#[derive(Clone, Debug, Default)]
pub struct Register<'a> {
    holders: BTreeMap<String, Vec<&'a Filing>>,
}

impl<'a> Register<'a> {
    /// Sorts the list by holder.
    #[must_use]
    pub fn of(filings: &'a [Filing]) -> Self {
        let mut holders: BTreeMap<String, Vec<&Filing>> = BTreeMap::new();
        for filing in filings {
            holders.entry(names::key(&filing.holder)).or_default().push(filing);
        }
        Self { holders }
    }

    /// How many holders the list has: each once, whatever their services.
    #[must_use]
    pub fn holders(&self) -> usize {
        self.holders.len()
    }

    /// How many services the list has.
    #[must_use]
    pub fn services(&self) -> usize {
        self.holders.values().map(|filings| services(filings)).sum()
    }

    /// What the list says of a party: under any name that it ever had, else under one of its group.
    #[must_use]
    pub fn filed(&self, party: &Party, parties: &Parties, awarded_on: Option<Date>, now: Date) -> Filed {
        let own = self.of_party(party);
        let group = parties.group_of(&party.key).into_iter().filter(|other| other.key != party.key);
        let group: Vec<&Filing> = group.flat_map(|other| self.of_party(other)).collect();
        let through = |day: Option<Date>, counts: fn(Option<Date>, Date) -> bool| {
            let day = day?;
            if own.iter().any(|filing| counts(filing.filed_on, day)) {
                return Some(FiledThrough::Own);
            }
            let filings = group.iter().filter(|filing| counts(filing.filed_on, day));
            let first = filings.min_by_key(|filing| (filing.filed_on.is_none(), filing.filed_on, &filing.holder))?;
            Some(FiledThrough::Group { holder: first.holder.clone() })
        };
        let by_now = through(Some(now), |filed_on, day| filed_on.is_none_or(|filed_on| filed_on <= day));
        let by_award = through(awarded_on.map(|day| day.min(now)), |filed_on, day| {
            filed_on.is_some_and(|filed_on| filed_on <= day)
        });
        let of_holder: Vec<&Filing> = match &by_now {
            None => Vec::new(),
            Some(FiledThrough::Own) => own,
            Some(FiledThrough::Group { holder }) => self.of_name(holder).to_vec(),
        };
        let is_now = |filing: &&Filing| filing.filed_on.is_none_or(|filed_on| filed_on <= now);
        let of_holder: Vec<&Filing> = of_holder.into_iter().filter(is_now).collect();
        Filed {
            by_award,
            by_now,
            services: u32::try_from(services(&of_holder)).unwrap_or(u32::MAX),
            first_on: of_holder.iter().filter_map(|filing| filing.filed_on).min(),
        }
    }

    /// The filings under any name of a party.
    #[must_use]
    pub fn of_party(&self, party: &Party) -> Vec<&'a Filing> {
        let own = std::iter::once(party.name.as_str()).chain(party.aliases.iter().map(|alias| alias.name.as_str()));
        let bare = party.mentions.iter().filter_map(|mention| mention.name());
        let names: BTreeSet<String> = own.chain(bare).map(names::key).collect();
        names.iter().flat_map(|name| self.holders.get(name).into_iter().flatten()).copied().collect()
    }

    fn of_name(&self, holder: &str) -> &[&'a Filing] {
        self.holders.get(&names::key(holder)).map_or(&[], Vec::as_slice)
    }
}

/// How many services these rows are; a service that two batches name is one.
fn services(filings: &[&Filing]) -> usize {
    filings.iter().map(|filing| filing.identity()).collect::<BTreeSet<_>>().len()
}

/// What the list says of one party. For many, sort the list once: [`Register::filed`].
#[must_use]
pub fn filed(party: &Party, parties: &Parties, filings: &[Filing], awarded_on: Option<Date>, now: Date) -> Filed {
    Register::of(filings).filed(party, parties, awarded_on, now)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::date;

    use super::*;
    use crate::domain::organisation::Organisation;
    use crate::domain::party::{MentionFact, MentionKey, PartyMatter, PartyRuling};

    fn filing(batch: u32, filed_on: Date, holder: &str, service: &str) -> Filing {
        Filing {
            batch: Some(batch),
            filed_on: Some(filed_on),
            holder: holder.into(),
            service: service.into(),
            number: None,
        }
    }

    fn list() -> Vec<Filing> {
        let first = date(2019, 3, 30);
        vec![
            filing(1, first, "浙江数秦科技有限公司", "保全网"),
            filing(1, first, "深圳市腾讯计算机系统有限公司", "至信链"),
            filing(1, first, "深圳市腾讯计算机系统有限公司", "腾讯云区块链"),
            filing(2, date(2019, 10, 18), "腾讯云计算(北京)有限责任公司", "TBaaS"),
        ]
    }

    fn parties() -> Parties {
        let names = ["浙江数秦科技有限公司", "腾讯云计算（北京）有限责任公司", "太极计算机股份有限公司"];
        let facts = names.map(|name| MentionFact { organisation: Organisation::named(name), on: None });
        let matter = PartyMatter::Affiliate {
            party: MentionKey::of_name("腾讯云计算（北京）有限责任公司"),
            parent: MentionKey::of_name("深圳市腾讯计算机系统有限公司"),
        };
        let ruling =
            PartyRuling { id: 1, matter, author: "li".into(), reason: "年报".into(), at: Timestamp::UNIX_EPOCH };
        Parties::of(facts, &[ruling])
    }

    fn ask(name: &str, awarded_on: Option<Date>, now: Date) -> Filed {
        let parties = parties();
        filed(parties.party(&MentionKey::of_name(name)).unwrap(), &parties, &list(), awarded_on, now)
    }

    const GROUP: &str = "深圳市腾讯计算机系统有限公司";

    #[test]
    fn an_award_before_the_list_is_filed_by_now_only() {
        let (before, on, now) = (date(2019, 3, 29), date(2019, 3, 30), date(2019, 9, 24));
        let filed = ask("浙江数秦科技有限公司", Some(before), now);
        assert_eq!((filed.by_award, filed.by_now), (None, Some(FiledThrough::Own)));
        assert_eq!((filed.services, filed.first_on), (1, Some(on)));
        assert_eq!(ask("浙江数秦科技有限公司", Some(on), now).by_award, Some(FiledThrough::Own));
        assert_eq!(ask("浙江数秦科技有限公司", None, now).by_award, None, "an award without a day answers nothing");
        assert_eq!(ask("浙江数秦科技有限公司", Some(on), before), Filed::default(), "not yet by that now");
    }

    #[test]
    fn what_the_group_filed_is_told_apart_from_ones_own() {
        let cloud = "腾讯云计算（北京）有限责任公司";
        let filed = ask(cloud, Some(date(2019, 6, 1)), date(2019, 9, 24));
        let through = Some(FiledThrough::Group { holder: GROUP.into() });
        assert_eq!((filed.by_award, filed.by_now, filed.services), (through.clone(), through.clone(), 2));
        let filed = ask(cloud, Some(date(2019, 6, 1)), date(2019, 12, 1));
        assert_eq!((filed.by_award, filed.by_now, filed.services), (through, Some(FiledThrough::Own), 1));
    }

    #[test]
    fn who_is_not_on_the_list_is_not_filed() {
        assert_eq!(ask("太极计算机股份有限公司", Some(date(2019, 9, 1)), date(2026, 1, 1)), Filed::default());
    }

    #[test]
    fn services_and_holders_are_counted_apart() {
        let mut list = list();
        let register = Register::of(&list);
        assert_eq!((register.holders(), register.services()), (3, 4));
        let mut again = filing(2, date(2019, 10, 18), "浙江数秦科技有限公司", "保全网");
        list.push(again.clone());
        assert_eq!(Register::of(&list).services(), 4, "named in two batches");
        again.number = Some("京网信备1101081971596078003x号".into());
        let other = Filing { number: Some("1101081971596078003X".into()), ..again.clone() };
        assert_eq!(Register::of(&[again, other]).services(), 1, "one number however it is printed");
    }

    #[test]
    fn a_batch_without_a_date_is_filed_by_now_and_by_no_award() {
        let parties = parties();
        let undated = [Filing { filed_on: None, ..list().remove(0) }];
        let party = parties.party(&MentionKey::of_name("浙江数秦科技有限公司")).unwrap();
        let filed = filed(party, &parties, &undated, Some(date(2020, 1, 1)), date(2020, 2, 1));
        assert_eq!((filed.by_award, filed.by_now, filed.first_on), (None, Some(FiledThrough::Own), None));
    }
}
