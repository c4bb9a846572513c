//! Single words and what they come to, with what is told of it.

use tenderwatch::domain::change::{ChangeKind, StoredChange};
use tenderwatch::domain::money::Currency;
use tenderwatch::figures::totals::FigureKind;

use super::*;

fn changes(store: &Store) -> Vec<StoredChange> {
    store.read(|r| r.changes_after(0, 1000)).unwrap()
}

fn restated(store: &Store) -> Vec<Vec<String>> {
    let told = changes(store).into_iter().filter(|stored| stored.change.kind == ChangeKind::Restated);
    let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".into());
    told.map(|stored| {
        let fields = stored.change.fields.iter();
        fields.map(|field| format!("{}: {} → {}", field.field, said(&field.old), said(&field.new))).collect()
    })
    .collect()
}

fn budget(store: &Store) -> i64 {
    let totals = store.read(|r| r.totals(TOPIC)).unwrap();
    totals.sum(FigureKind::Budget, Currency::CNY).sum / tenderwatch::domain::money::SCALE
}

#[test]
fn a_ruled_budget_moves_the_totals_at_once_and_outlives_a_rereading() {
    let (_folder, store) = fresh();
    settle(&store, 1, &tender(1, Some("ZB2019-001"), 100));
    let done = rule(&store, 1, &Matter::Budget(Some(Money::yuan(1_000_000)))).unwrap();
    assert_eq!(budget(&store), 1_000_000);
    assert_eq!(done.moved.projects.len(), 1);
    settle(&store, 1, &tender(1, Some("ZB2019-001"), 200));
    assert_eq!(budget(&store), 1_000_000, "today's reader says otherwise, the person's word stands");
    let project = store.read(|r| r.project(ProjectId(1))).unwrap().unwrap();
    assert_eq!(
        (project.budget, project.rulings),
        (Amount::disclosed(Money::yuan(1_000_000), "ruling 1"), vec![done.ruling])
    );
    take_back(&store, done.ruling);
    assert_eq!(budget(&store), 200);
    let told = restated(&store);
    assert_eq!(
        told[0],
        [
            "budget: ¥100 → ¥1,000,000",
            "topic_part: ¥100 → ¥1,000,000",
            "total_budget: ¥100 (1/1) → ¥1,000,000 (1/1)",
            "total_topic_part: ¥100 (1/1) → ¥1,000,000 (1/1)",
            "reason: - → ruling 1: 查证原文",
        ]
    );
    assert_eq!(told.len(), 2);
}

#[test]
fn two_projects_put_together_and_parted_are_two_under_their_old_numbers() {
    let (_folder, store) = fresh();
    settle(&store, 1, &tender(1, Some("ZB2019-001"), 100));
    settle(&store, 2, &award(8, Some("QX2019-777"), 90));
    let apart = figures(&store);
    let done = rule(&store, 2, &Matter::With(id(1))).unwrap();
    assert_eq!(store.read(|r| r.current_project(ProjectId(2))).unwrap(), Some(ProjectId(1)));
    assert_eq!(figures(&store).projects.len(), 1);
    assert_eq!(figures(&store), recounted(&store));
    take_back(&store, done.ruling);
    assert_eq!(figures(&store), apart);
    assert_eq!(store.read(|r| r.current_project(ProjectId(2))).unwrap(), Some(ProjectId(2)));
    assert_eq!(store.read(|r| r.partings(ProjectId(2))).unwrap().len(), 1);
    let told = restated(&store);
    assert!(told[0].contains(&"projects: 2 → 1".to_owned()), "{told:?}");
    assert!(told[1].contains(&"joined: - → 1".to_owned()), "{told:?}");
    assert_eq!(audited(&store), Vec::<String>::new());
}

#[test]
fn a_notice_ruled_alone_takes_its_sum_with_it_and_says_so() {
    let (_folder, store) = fresh();
    settle(&store, 1, &tender(1, Some("ZB2019-001"), 100));
    settle(&store, 2, &award(8, Some("ZB2019-001"), 90));
    let together = figures(&store);
    let done = rule(&store, 2, &Matter::Alone).unwrap();
    assert_eq!(figures(&store).projects.len(), 2);
    let history = store.read(|r| r.history(TOPIC, None)).unwrap();
    assert_eq!(history.iter().filter(|member| !member.rulings.is_empty()).count(), 1);
    take_back(&store, done.ruling);
    assert_eq!(figures(&store), together);
}

#[test]
fn a_bridge_that_is_read_otherwise_lets_the_rest_part() {
    let (_folder, store) = fresh();
    settle(&store, 1, &tender(1, Some("ZB2019-001"), 100));
    settle(&store, 2, &tender(2, Some("ZB2019-002"), 200));
    let mut bridge = award(8, Some("ZB2019-001"), 90);
    bridge.project_numbers.push("ZB2019-002".into());
    settle(&store, 3, &bridge);
    assert_eq!(figures(&store).projects.len(), 1);
    assert!(restated(&store).iter().flatten().any(|field| field == "joined: - → 1"), "{:?}", restated(&store));
    bridge.project_numbers.pop();
    settle(&store, 3, &bridge);
    assert_eq!(figures(&store).projects.len(), 2);
    assert_eq!(figures(&store), recounted(&store));
    assert_eq!(store.read(|r| r.current_project(ProjectId(2))).unwrap(), Some(ProjectId(2)));
}

#[test]
fn a_word_without_author_reason_or_effect_is_refused() {
    let (_folder, store) = fresh();
    settle(&store, 1, &tender(1, Some("ZB2019-001"), 100));
    let refused = |word: Word<'_>, matter: &Matter| correct(&store, &id(1), matter, word).unwrap_err().to_string();
    assert_eq!(refused(Word { author: " ", ..WORD }, &Matter::Alone), "a correction needs its author");
    assert_eq!(refused(Word { reason: "", ..WORD }, &Matter::Alone), "a correction needs its reason");
    assert_eq!(refused(WORD, &Matter::With(id(9))), "no notice is known as ccgp:9");
    assert_eq!(refused(WORD, &Matter::With(id(1))), "ccgp:1 cannot be put with itself");
    let done = rule(&store, 1, &Matter::Alone).unwrap();
    take_back(&store, done.ruling);
    let again = undo(&store, done.ruling, WORD).unwrap_err().to_string();
    assert!(again.starts_with("ruling 1 was undone by 甲"), "{again}");
    let listed = store.read(|r| r.rulings()).unwrap();
    assert_eq!((listed.len(), listed[0].undone.as_ref().map(|undone| undone.id)), (1, Some(RulingId(2))));
}

#[test]
fn what_stood_at_an_instant_can_be_asked() {
    let (_folder, store) = fresh();
    settle(&store, 1, &tender(1, Some("ZB2019-001"), 100));
    let at = |second: i64| Timestamp::from_second(second).unwrap();
    let word = |second: i64| Word { now: at(second), ..WORD };
    let first = correct(&store, &id(1), &Matter::Budget(Some(Money::yuan(1))), word(100)).unwrap();
    undo(&store, first.ruling, word(200)).unwrap();
    let standing = |second: i64| store.read(|r| r.rulings_as_of(Some(at(second)))).unwrap().len();
    assert_eq!((standing(99), standing(100), standing(199), standing(200)), (0, 1, 1, 0));
}

#[test]
fn an_audit_sees_cells_winners_and_classes_that_were_touched() {
    let tamperings = [
        "UPDATE cells SET disclosed = disclosed + 1 WHERE dimension = 'supplier' AND measure = 'wins'",
        "UPDATE counted_wins SET mention = 'name:另一公司'",
        "UPDATE projects SET counted_groups = json_set(counted_groups, '$.level', 'local')",
    ];
    for sql in tamperings {
        let (folder, store) = fresh();
        settle(&store, 1, &tender(1, Some("ZB2019-001"), 100));
        settle(&store, 2, &award(8, Some("ZB2019-001"), 90));
        rule(&store, 1, &Matter::Level(tenderwatch::domain::classes::Level::Central)).unwrap();
        assert_eq!(audited(&store), Vec::<String>::new());
        let connection = rusqlite::Connection::open(folder.path().join("tenderwatch.db")).unwrap();
        connection.execute_batch(sql).unwrap();
        assert!(!audited(&store).is_empty(), "{sql}");
    }
}
