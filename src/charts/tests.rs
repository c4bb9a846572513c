//! What holds for every chart.

use proptest::prelude::*;

use super::*;
use crate::domain::chart::{Column, Months, Row, Share, steps};

fn column(month: usize, amount: Option<i64>, count: u64, disclosed: u64) -> Column {
    Column {
        label: format!("2025-{:02}", month % 12 + 1),
        month: format!("2025年{}月", month % 12 + 1),
        said: String::new(),
        amount,
        count,
        disclosed,
        is_open: false,
        breaks: false,
    }
}

fn months(columns: Vec<Column>) -> Chart {
    let largest = columns.iter().filter_map(|column| column.amount).max().unwrap_or_default();
    let scale = steps(largest).into_iter().map(|value| (value, format!("{}万", value / 100_000_000))).collect();
    let months = Months {
        amounts: "中标金额".into(),
        scale,
        counts: "中标项目数".into(),
        parts: ["金额已公开".into(), "金额未公开".into()],
        columns,
    };
    Chart {
        id: "chart-months".into(),
        title: "近 24 个月中标金额 & <按项目首次公告月份>".into(),
        alt: "一月 3 个".into(),
        notes: vec!["浅色为未完月份".into()],
        plot: Plot::Months(months),
    }
}

fn shares(rows: &[(&str, u64, Row)]) -> Chart {
    let share = |(label, count, row): &(&str, u64, Row)| Share {
        label: (*label).to_owned(),
        said: format!("{count} 个 · 12.5%"),
        count: *count,
        row: *row,
    };
    let plot = Plot::Shares(rows.iter().map(share).collect());
    Chart { id: "chart-regions".into(), title: "各省项目数".into(), alt: "各省".into(), notes: Vec::new(), plot }
}

fn size(png: &[u8]) -> (u32, u32) {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

fn attributes(svg: &str, element: &str, attribute: &str) -> Vec<f64> {
    let elements = svg.lines().filter(|line| line.starts_with(element));
    let value = |line: &str| line.split(&format!(" {attribute}=\"")).nth(1)?.split('"').next()?.parse().ok();
    elements.filter_map(value).collect()
}

#[test]
fn the_same_chart_is_the_same_bytes_small_and_sized_for_a_mail() {
    let columns = (0..24)
        .map(|n| column(n, Some(i64::try_from(n).unwrap() * 7_000_000_000 % 90_000_000_000), n as u64 % 9, 1))
        .collect();
    let chart = months(columns);
    let image = png(&chart).unwrap();
    assert_eq!(image, png(&chart).unwrap());
    assert_eq!(image.id, "chart-months");
    assert!(image.png.starts_with(b"\x89PNG") && image.png.len() < 45_000, "{} bytes", image.png.len());
    let (width, height) = size(&image.png);
    assert_eq!(width, 2 * u32::from(WIDTH));
    assert!((600..1_400).contains(&height), "{height}");
}

#[test]
fn a_month_without_a_disclosed_amount_bears_a_question_mark_and_an_empty_one_nothing() {
    let svg = svg(&months(vec![column(0, None, 3, 0), column(1, None, 0, 0), column(2, Some(10_000), 1, 1)]));
    assert_eq!(svg.matches(">?</text>").count(), 1, "{svg}");
    assert_eq!(svg.matches("fill=\"#0072b2\"").count(), 1, "{svg}");
}

#[test]
fn the_running_month_and_a_break_are_marked() {
    let mut columns: Vec<Column> = (0..6).map(|n| column(n, Some(10_000), 1, 1)).collect();
    assert!(!svg(&months(columns.clone())).contains("stroke-dasharray"));
    columns[5].is_open = true;
    assert!(svg(&months(columns.clone())).contains("stroke-dasharray=\"3 2\""));
    columns[2].breaks = true;
    assert!(svg(&months(columns)).contains("stroke-dasharray=\"5 4\""));
}

#[test]
fn columns_stand_as_high_as_their_amounts_and_bars_as_long_as_their_counts() {
    let drawn = svg(&months(vec![column(0, Some(10_000), 1, 1), column(1, Some(40_000), 1, 1)]));
    let blue: String = drawn.lines().filter(|line| line.contains("#0072b2")).collect::<Vec<_>>().join("\n");
    let heights = attributes(&blue, "<rect", "height");
    assert!((heights[1] / heights[0] - 4.0).abs() < 0.02, "{heights:?}");
    let drawn = svg(&shares(&[("北京", 30, Row::Class), ("其他", 15, Row::Rest), ("不明", 10, Row::Unknown)]));
    let widths: Vec<f64> = attributes(&drawn, "<rect", "width").into_iter().skip(1).collect();
    assert!((widths[0] / widths[1] - 2.0).abs() < 0.01 && (widths[0] / widths[2] - 3.0).abs() < 0.01, "{widths:?}");
    assert!(drawn.contains("url(#hatch)"));
}

#[test]
fn a_name_that_the_font_cannot_show_is_told_in_words() {
    let image = png(&shares(&[("喆堃科技", 3, Row::Class), ("喆", 1, Row::Class)])).unwrap();
    assert_eq!(image.alt, "各省 □ = 喆堃");
    assert!(svg(&shares(&[("喆堃科技", 3, Row::Class)])).contains("□□科技"));
    assert_eq!(png(&shares(&[("北京", 3, Row::Class)])).unwrap().alt, "各省");
}

#[test]
fn words_cannot_break_the_drawing() {
    let hostile = "</text><script>&\"\u{0}\u{ffff}\u{202e}";
    let drawn = svg(&shares(&[(hostile, 3, Row::Class)]));
    assert!(!drawn.contains("<script"), "{drawn}");
    assert!(png(&shares(&[(hostile, 3, Row::Class), (&"长".repeat(500), 1, Row::Class)])).is_ok());
}

#[test]
fn every_text_stays_on_the_card() {
    let long = "甘肃省旅游发展委员会信息中心与某某科技有限公司联合体及其在各地的分支机构";
    let drawn = svg(&shares(&[(long, 1_234_567, Row::Class), ("W".repeat(80).as_str(), 3, Row::Class)]));
    let options = usvg::Options { fontdb: font::database(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(&drawn, &options).unwrap();
    for node in tree.root().children() {
        let edges = node.abs_bounding_box();
        assert!(edges.left() >= 0.0 && edges.right() <= f32::from(WIDTH), "{edges:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_values_can_be_drawn(
        values in prop::collection::vec((prop::option::of(0_i64..=i64::MAX), any::<u64>(), any::<u64>()), 0..30),
    ) {
        let columns: Vec<Column> =
            values.iter().enumerate().map(|(n, (amount, count, disclosed))| column(n, *amount, *count, *disclosed)).collect();
        let drawn = svg(&months(columns));
        prop_assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
        let counts: Vec<(&str, u64, Row)> = values.iter().map(|(_, count, _)| ("北京", *count, Row::Class)).collect();
        let drawn = svg(&shares(&counts));
        prop_assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
        prop_assert!(attributes(&drawn, "<rect", "width").iter().all(|width| *width <= f64::from(WIDTH)));
    }
}
