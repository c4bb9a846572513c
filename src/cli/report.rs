//! `report`: every figure of a window, as of any day, as a page, as Markdown or as JSON, on standard output.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::money::Currency;
use crate::domain::subscription::Language;
use crate::figures::comparison::Rate;
use crate::jobs::report::{Asked, report};
use crate::platform::clock::Clock;
use crate::reports::{self, Form};
use crate::sources::Dialect;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// The first day of the window, by the sources' own calendar.
    #[arg(long, value_name = "DAY")]
    from: Date,
    /// The last day, included.
    #[arg(long, value_name = "DAY")]
    to: Date,
    /// Only what was published by the end of this day.
    #[arg(long, value_name = "DAY")]
    as_of: Option<Date>,
    /// Only what we had read by this instant, as 2019-09-24T16:00:00+08:00.
    #[arg(long, value_name = "INSTANT")]
    known_by: Option<Timestamp>,
    /// Which topic; needed only where there are several.
    #[arg(long)]
    topic: Option<String>,
    /// What to write.
    #[arg(long, value_enum, default_value = "html")]
    format: Format,
    /// In which language; JSON is in none.
    #[arg(long, value_enum, default_value = "zh")]
    language: Words,
    /// Saved answers of another country, to be set beside.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "beside_dialect")]
    beside: Vec<PathBuf>,
    /// How they are read.
    #[arg(long, value_name = "DIALECT", requires = "beside")]
    beside_dialect: Option<String>,
    /// What a unit of another currency was worth in yuan on a day, as USD=7.0@2019-09-24.
    #[arg(long, value_parser = rate)]
    rate: Option<Rate>,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum Format {
    Html,
    Md,
    Json,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum Words {
    Zh,
    En,
}

pub(super) fn run(config: &Path, clock: Clock, arguments: &Arguments) -> Result<u8> {
    let Arguments { from, to, .. } = *arguments;
    if from > to {
        eprintln!("tenderwatch: the window ends on {to}, before it begins on {from}");
        return Ok(super::USAGE);
    }
    let rooms = match super::rooms(config, clock)? {
        Ok(rooms) => rooms,
        Err(code) => return Ok(code),
    };
    let asked = Asked {
        topic: topic(&rooms.config.topics.iter().map(|topic| topic.name.as_str()).collect::<Vec<_>>(), arguments)?,
        from,
        to,
        published_by: arguments.as_of,
        known_by: arguments.known_by,
        beside: beside(arguments)?,
        rate: arguments.rate,
    };
    let study = report(&rooms, &asked)?;
    let form = match arguments.format {
        Format::Html => Form::Html,
        Format::Md => Form::Markdown,
        Format::Json => Form::Json,
    };
    let language = match arguments.language {
        Words::Zh => Language::Zh,
        Words::En => Language::En,
    };
    print!("{}", reports::write(&study, form, language)?);
    Ok(super::DONE)
}

/// The topic that is meant: the only one, or the one that is named.
fn topic(known: &[&str], arguments: &Arguments) -> Result<String> {
    match (&arguments.topic, known) {
        (None, [only]) => Ok((*only).to_owned()),
        (None, _) => bail!("there are several topics, name one with --topic: {}", known.join(", ")),
        (Some(named), known) if known.contains(&named.as_str()) => Ok(named.clone()),
        (Some(named), known) => bail!("no topic is called {named}; there is: {}", known.join(", ")),
    }
}

fn beside(arguments: &Arguments) -> Result<Option<(Dialect, Vec<PathBuf>)>> {
    let Some(word) = &arguments.beside_dialect else { return Ok(None) };
    let Some(dialect) = Dialect::parse(word) else {
        bail!("{word} is no dialect; there is: {}", Dialect::ALL.map(Dialect::word).join(", "));
    };
    Ok(Some((dialect, arguments.beside.clone())))
}

/// `USD=7.0@2019-09-24`, to six decimals.
fn rate(text: &str) -> Result<Rate, String> {
    let wanted = || "write a currency, yuan for one unit and the day, as USD=7.0@2019-09-24".to_owned();
    let (code, rest) = text.split_once('=').ok_or_else(wanted)?;
    let (number, day) = rest.split_once('@').ok_or_else(wanted)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 6 || part.len() > 6 || !is_digits(whole) || !is_digits(part) {
        return Err(wanted());
    }
    let millionths: i64 = format!("{whole}{part:0<6}").parse().map_err(|_| wanted())?;
    let currency = Currency::parse(code).filter(|currency| *currency != Currency::CNY).ok_or_else(wanted)?;
    let on = day.parse().map_err(|_| wanted())?;
    if millionths == 0 { Err(wanted()) } else { Ok(Rate { currency, millionths, on }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_has_a_currency_a_number_and_a_day() {
        let seven = rate("USD=7.0@2019-09-24").unwrap();
        assert_eq!((seven.currency, seven.millionths), (Currency::USD, 7_000_000));
        assert_eq!(rate("EUR=7.812345@2019-09-24").unwrap().millionths, 7_812_345);
        for wrong in [
            "USD=7.0",
            "USD=@2019-09-24",
            "CNY=1@2019-09-24",
            "USD=0@2019-09-24",
            "USD=-1@2019-09-24",
            "usd=7@2019-09-24",
        ] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }
}
