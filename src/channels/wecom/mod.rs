//! A robot of a WeCom group. Its facts are those of the guide (developer.work.weixin.qq.com/document/path/99110) and of the
//! table of codes (…/path/90313): Markdown of at most 4,096 bytes, 20 messages a minute, no signature, and an answer of 200
//! whose `errcode` says how it went.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;

use super::coded::{self, Meaning};
use super::post::Poster;
use super::room::Settings;
use super::{Letter, Pace, Sending, Way};
use crate::domain::delivery::{ClaimedDelivery, Outcome};
use crate::domain::digest::Message;

mod text;

/// How long the count of a robot's messages runs.
const MINUTE: Duration = Duration::from_mins(1);

/// A robot, ready to send.
#[derive(Debug)]
pub(super) struct Wecom {
    poster: Poster,
}

impl Way for Wecom {
    fn compose(&self, message: &Message, _letter: &Letter) -> Result<Vec<Vec<u8>>, String> {
        text::compose(message)
    }

    fn send<'w>(&'w self, delivery: &'w ClaimedDelivery, now: Timestamp) -> Sending<'w> {
        Box::pin(async move { self.post(delivery, now).await.into() })
    }

    fn pace(&self) -> Pace {
        Pace { at_once: 1, quotas: vec![(20, MINUTE)] }
    }
}

impl Wecom {
    pub(super) fn build(settings: &Settings) -> Result<Self, String> {
        let poster = Poster::new(&settings.url, settings.allow_private, settings.timeout, &[])?;
        Ok(Self { poster })
    }

    async fn post(&self, delivery: &ClaimedDelivery, now: Timestamp) -> Outcome {
        let posted = self.poster.post(HeaderMap::new(), delivery.payload.clone(), now).await;
        coded::judge(&self.poster, posted, MINUTE, |code, _| meaning(code))
    }
}

/// What a code means. The words beside it change: the platform asks not to read them.
fn meaning(code: i64) -> Meaning {
    match code {
        45_009 | 45_033 => Meaning::Later(Some(MINUTE)),
        93_000 => Meaning::Misconfigured("check the robot's address; it may have left the group"),
        93_004 => Meaning::Misconfigured("the robot is switched off"),
        93_008 => Meaning::Misconfigured("the robot is not in the group any more"),
        40_008 | 40_033 | 40_035 | 40_058 | 41_006 | 44_004 | 47_001 => {
            Meaning::Refused("the message is not understood")
        }
        45_002 => Meaning::Refused("the message is too long"),
        _ => Meaning::Later(None),
    }
}
