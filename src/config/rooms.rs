//! What each room is told: the configuration's values in the room's own settings. Secrets are read here, when a room is built.

use jiff::{SignedDuration, Timestamp};

use super::settings::{self, ChannelSettings, Config, Endpoint, RoomKind, SourceSettings};
use crate::channels::{self, Kind, command, email, folder, room, slack, telegram, webhook};
use crate::domain::schedule::{self, Every, Thresholds};
use crate::domain::subscription::{Frequency, Rhythm};
use crate::fetch;
use crate::figures::milestone::Step;
use crate::figures::totals::FigureKind;
use crate::platform::secret::{Secret, SecretError};
use crate::store;

impl Config {
    /// How to fetch.
    #[must_use]
    pub fn fetch_settings(&self) -> fetch::Settings {
        let from = &self.fetch;
        fetch::Settings {
            contact: self.contact.clone(),
            hosts: from.hosts.iter().map(host).collect(),
            default: host(&from.default),
            body_bytes_max: usize::try_from(from.body_bytes_max).unwrap_or(usize::MAX),
            connect_timeout: from.connect_timeout,
            head_timeout: from.head_timeout,
            body_timeout: from.body_timeout,
            total_timeout: from.total_timeout,
            redirects_max: u8::try_from(from.redirects_max).unwrap_or(u8::MAX),
        }
    }

    /// Where history lives.
    #[must_use]
    pub fn store_settings(&self) -> store::Settings {
        store::Settings { path: self.data_dir.join("tenderwatch.db") }
    }

    /// The ways out, with their secrets.
    pub fn channel_settings(&self) -> Result<channels::Settings, SecretError> {
        let channel = |(name, from): &(String, ChannelSettings)| Ok((name.clone(), kind(from)?));
        Ok(channels::Settings { channels: self.channels.iter().map(channel).collect::<Result<_, SecretError>>()? })
    }

    /// The keys that must stand in DNS, by channel: name and text of each record.
    pub fn dns_records(&self) -> Result<Vec<(String, String, String)>, String> {
        let mut records = Vec::new();
        for (name, channel) in &self.channels {
            let ChannelSettings::Email(settings::EmailSettings { dkim: Some(from), .. }) = channel else { continue };
            let signing = dkim(from).map_err(|error| error.to_string())?;
            let (record, text) = email::dkim::record(&signing)?;
            records.push((name.clone(), record, text));
        }
        Ok(records)
    }

    /// Round figures of the totals that are worth telling.
    #[must_use]
    pub fn milestone_steps(&self) -> Vec<Step> {
        let from = &self.milestones;
        let kinds = [
            (FigureKind::Budget, &from.budget),
            (FigureKind::Award, &from.award),
            (FigureKind::TopicPart, &from.topic_part),
        ];
        kinds.into_iter().flat_map(|(kind, marks)| marks.iter().map(move |at| Step { kind, at: *at })).collect()
    }
}

impl SourceSettings {
    /// How often it is looked at.
    #[must_use]
    pub fn pace(&self) -> Every {
        Every { every: signed(self.every), ..Every::default() }
    }

    /// How much it must fail before the operator hears of it.
    #[must_use]
    pub fn thresholds(&self) -> Thresholds {
        Thresholds { failures: self.failing_after, ..Thresholds::default() }
    }
}

impl settings::AuditSettings {
    /// The first audit after an instant, by its zone's calendar.
    #[must_use]
    pub fn after(&self, now: Timestamp) -> Timestamp {
        let daily = Rhythm { zone: self.zone.clone(), ..Rhythm::plain(Frequency::Daily { at: self.at }) };
        let day = || now.checked_add(SignedDuration::from_hours(24)).unwrap_or(now);
        schedule::next_digest(&daily, now).unwrap_or_else(day)
    }
}

fn signed(duration: std::time::Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

fn host(rule: &settings::HostRule) -> fetch::HostRule {
    fetch::HostRule {
        host: rule.host.clone(),
        gap: rule.gap,
        jitter: rule.jitter,
        requests_per_day: rule.requests_per_day,
        own: rule.own,
    }
}

fn kind(from: &ChannelSettings) -> Result<Kind, SecretError> {
    Ok(match from {
        ChannelSettings::Email(from) => Kind::Email(mail(from)?),
        ChannelSettings::Webhook(from) => Kind::Webhook(webhook::Settings {
            url: endpoint(&from.endpoint)?,
            secrets: from.secret_files.iter().map(|file| Secret::read(file)).collect::<Result<_, _>>()?,
            allow_private: from.allow_private,
            timeout: webhook::Settings::TIMEOUT,
        }),
        ChannelSettings::Room(from) => {
            let settings = room::Settings {
                url: endpoint(&from.endpoint)?,
                secret: from.secret_file.as_deref().map(Secret::read).transpose()?,
                allow_private: from.allow_private,
                timeout: room::Settings::TIMEOUT,
            };
            match from.kind {
                RoomKind::Feishu => Kind::Feishu(settings),
                RoomKind::Dingtalk => Kind::Dingtalk(settings),
                RoomKind::Wecom => Kind::Wecom(settings),
                RoomKind::Slack => {
                    Kind::Slack(slack::Settings { room: settings, flavour: from.flavour.unwrap_or_default() })
                }
                RoomKind::Teams => Kind::Teams(settings),
                RoomKind::Discord => Kind::Discord(settings),
            }
        }
        ChannelSettings::Telegram(from) => Kind::Telegram(telegram::Settings {
            token: Secret::read(&from.token_file)?,
            chat: from.chat.clone(),
            api: from.api.clone(),
            allow_private: from.allow_private,
            timeout: telegram::Settings::TIMEOUT,
        }),
        ChannelSettings::Command(from) => {
            Kind::Command(command::Settings { run: from.run.clone(), timeout: command::Settings::TIMEOUT })
        }
        ChannelSettings::Folder(from) => Kind::Folder(folder::Settings { path: from.path.clone() }),
    })
}

fn mail(from: &settings::EmailSettings) -> Result<email::Settings, SecretError> {
    let login = from.login.as_ref();
    Ok(email::Settings {
        port: Some(from.port),
        tls: from.tls,
        user: login.map(|login| login.user.clone()),
        password: login.map(|login| Secret::read(&login.password_file)).transpose()?,
        ca_file: from.ca_file.clone(),
        hello_name: from.hello_name.clone(),
        bounce_to: from.bounce_to.clone(),
        dkim: from.dkim.as_ref().map(dkim).transpose()?,
        connections_max: from.connections_max,
        per_minute: from.per_minute,
        per_minute_to: from.per_minute_to.clone(),
        ..email::Settings::new(from.host.clone(), from.from.clone())
    })
}

fn dkim(from: &settings::DkimSettings) -> Result<email::Dkim, SecretError> {
    let key = Secret::read(&from.key_file)?;
    Ok(email::Dkim { selector: from.selector.clone(), domain: from.domain.clone(), key })
}

fn endpoint(from: &Endpoint) -> Result<Secret, SecretError> {
    match from {
        Endpoint::Written(url) => Ok(url.clone()),
        Endpoint::File(file) => Secret::read(file),
    }
}
