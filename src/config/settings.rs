//! What the configuration comes to: plain values, every default filled in, every reference known to hold. Secrets are
//! still paths here; they are read where they are used.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::{Date, Time};
use url::Url;

use crate::channels::email::Tls;
use crate::channels::slack::Flavour;
use crate::domain::money::Money;
use crate::domain::subscription::Subscription;
use crate::domain::topic::Topic;
use crate::figures::shifts::Thresholds;
use crate::platform::logs;
use crate::platform::secret::Secret;
use crate::sources::Dialect;

/// The whole configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// A mail address or a web address, in the User-Agent: whom a site's keeper can ask.
    pub contact: String,
    /// Where the database lives.
    pub data_dir: PathBuf,
    /// How to log.
    pub log: LogSettings,
    /// What is watched.
    pub topics: Vec<Topic>,
    /// How to fetch.
    pub fetch: FetchSettings,
    /// Where to look.
    pub sources: Vec<SourceSettings>,
    /// How messages leave, by name.
    pub channels: Vec<(String, ChannelSettings)>,
    /// Who wants to hear what.
    pub subscriptions: Vec<Subscription>,
    /// When the totals are recounted from history.
    pub audit: AuditSettings,
    /// Round figures worth telling.
    pub milestones: Milestones,
    /// From when on a difference among the bidders is a shift.
    pub shifts: Thresholds,
    /// How digests are made.
    pub digest: DigestSettings,
    /// The pages of our own; nothing for none.
    pub web: Option<WebSettings>,
    /// The message that proves that messages arrive; nothing for none.
    pub canary: Option<CanarySettings>,
}

/// A message that goes the whole way on schedule, so that the operator hears when messages arrive no more.
#[derive(Clone, PartialEq, Eq)]
pub struct CanarySettings {
    /// The channel that it leaves through.
    pub channel: String,
    /// The address, where the channel is mail.
    pub to: Option<String>,
    /// Between two.
    pub every: Duration,
    /// In which time it has to arrive.
    pub within: Duration,
    /// Where it arrives; without it somebody says so.
    pub maildir: Option<PathBuf>,
}

/// Without the address.
impl std::fmt::Debug for CanarySettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CanarySettings").field("channel", &self.channel).finish_non_exhaustive()
    }
}

/// How digests are made.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct DigestSettings {
    /// A folder whose files take the place of the templates of the same name.
    pub templates: Option<PathBuf>,
}

/// The pages of our own: a listening socket and the address that people see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSettings {
    /// Where to listen: loopback, behind a reverse proxy.
    pub listen: std::net::SocketAddr,
    /// What links begin with, as `https://tenders.example.org`; ends without a slash.
    pub base_url: String,
    /// Whether `X-Forwarded-For` of a proxy is believed.
    pub behind_proxy: bool,
    /// The channel of mail that people may subscribe to by themselves; nothing for none.
    pub signup_channel: Option<String>,
}

/// How to log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// The shape of a line.
    pub format: logs::Format,
    /// `info`, or `target=level` pairs.
    pub filter: String,
}

/// How to fetch from any host, and what differs by host.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchSettings {
    /// For hosts that nothing is said about.
    pub default: HostRule,
    /// The others.
    pub hosts: Vec<HostRule>,
    /// Until a connection stands.
    pub connect_timeout: Duration,
    /// From asking to the end of the answer's head, connecting included.
    pub head_timeout: Duration,
    /// From the end of the head to the end of the body.
    pub body_timeout: Duration,
    /// For one fetch with its redirects; waiting for a turn is not counted.
    pub total_timeout: Duration,
    /// The largest body, unpacked.
    pub body_bytes_max: u64,
    /// Redirects in a row.
    pub redirects_max: u32,
}

/// How gently one host is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct HostRule {
    /// `host` or `host:port`, lower case; empty for the default rule.
    pub host: String,
    /// From the end of one request to the start of the next, at least.
    pub gap: Duration,
    /// What part of the gap is added at random, 0 to 1.
    pub jitter: f64,
    /// Requests a day.
    pub requests_per_day: u32,
    /// The operator's own host: the gap may be 0 and private addresses are allowed.
    pub own: bool,
}

/// A source: a site, a way to read it, a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceSettings {
    /// Its name.
    pub name: String,
    /// How its pages are read.
    pub dialect: Dialect,
    /// The topic whose terms are searched for.
    pub topic: String,
    /// The search's address.
    pub search: Url,
    /// Between two looks.
    pub every: Duration,
    /// The first day of interest.
    pub since: Date,
    /// How many days back every look reaches.
    pub overlap_days: u16,
    /// Whether the text is searched too, or titles only.
    pub fulltext: bool,
    /// Pages of one search.
    pub pages_max: u32,
    /// The ages at which a read page is looked at again, rising.
    pub revisit: Vec<Duration>,
    /// Failures in a row before the operator is told.
    pub failing_after: u32,
    /// How long nothing new is ordinary.
    pub silent_after: Duration,
}

/// A way out.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "as many as the configuration has channels")]
pub enum ChannelSettings {
    /// A mail server.
    Email(EmailSettings),
    /// Signed JSON to one address.
    Webhook(WebhookSettings),
    /// A room on a chat platform.
    Room(RoomSettings),
    /// A Telegram bot.
    Telegram(TelegramSettings),
    /// A program's standard input.
    Command(CommandSettings),
    /// Files in a folder.
    Folder(FolderSettings),
}

impl ChannelSettings {
    /// The word in the configuration.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Webhook(_) => "webhook",
            Self::Room(room) => room.kind.word(),
            Self::Telegram(_) => "telegram",
            Self::Command(_) => "command",
            Self::Folder(_) => "folder",
        }
    }
}

/// A chat platform whose rooms are reached through the address of a bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomKind {
    /// Feishu, Lark.
    Feishu,
    /// DingTalk.
    Dingtalk,
    /// WeCom.
    Wecom,
    /// Slack, Mattermost, Rocket.Chat.
    Slack,
    /// Microsoft Teams, through Workflows.
    Teams,
    /// Discord.
    Discord,
}

impl RoomKind {
    /// Every platform.
    pub const ALL: [Self; 6] = [Self::Feishu, Self::Dingtalk, Self::Wecom, Self::Slack, Self::Teams, Self::Discord];

    /// The word in the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Feishu => "feishu",
            Self::Dingtalk => "dingtalk",
            Self::Wecom => "wecom",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Discord => "discord",
        }
    }

    /// The inverse of [`RoomKind::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether the platform knows a secret to sign with.
    #[must_use]
    pub fn signs(self) -> bool {
        matches!(self, Self::Feishu | Self::Dingtalk)
    }
}

/// A mail server and the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailSettings {
    /// `tenderwatch <watch@example.org>`.
    pub from: String,
    /// The server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: Tls,
    /// User name and the file with the password.
    pub login: Option<Login>,
    /// A certificate authority of one's own, PEM.
    pub ca_file: Option<PathBuf>,
    /// What to call ourselves in EHLO.
    pub hello_name: Option<String>,
    /// Where bounces go: an address of the sender's own domain.
    pub bounce_to: Option<String>,
    /// How mail is signed.
    pub dkim: Option<DkimSettings>,
    /// Where bounces are read.
    pub bounces: Option<BounceSettings>,
    /// Connections open at once.
    pub connections_max: usize,
    /// Mails to one receiver domain in a minute.
    pub per_minute: Option<u32>,
    /// The same for single domains, in small letters.
    pub per_minute_to: BTreeMap<String, u32>,
}

/// A signature of a domain (DKIM).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DkimSettings {
    /// The name under which the public key is published.
    pub selector: String,
    /// The signing domain, aligned with the sender's.
    pub domain: String,
    /// The private key's file: absolute, or the bare name of a credential.
    pub key_file: PathBuf,
}

/// A mailbox that bounces come into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BounceSettings {
    /// A folder in the Maildir format.
    pub maildir: PathBuf,
    /// Between two looks.
    pub every: Duration,
}

/// A user name and where its password stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The password's file: absolute, or the bare name of a credential.
    pub password_file: PathBuf,
}

/// An address that may itself be a secret, as those of chat rooms are.
#[derive(Clone, Debug)]
pub enum Endpoint {
    /// Written in the configuration.
    Written(Secret),
    /// Alone in a file: absolute, or the bare name of a credential.
    File(PathBuf),
}

/// Signed JSON to one address.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    /// Where to.
    pub endpoint: Endpoint,
    /// Files with signing secrets, the newest first; at least one.
    pub secret_files: Vec<PathBuf>,
    /// Whether loopback and private addresses, and plain http, are allowed.
    pub allow_private: bool,
}

/// A room on a chat platform.
#[derive(Clone, Debug)]
pub struct RoomSettings {
    /// Which platform.
    pub kind: RoomKind,
    /// Where to.
    pub endpoint: Endpoint,
    /// The file with the signing secret, where the room asks for signatures.
    pub secret_file: Option<PathBuf>,
    /// Whether loopback and private addresses, and plain http, are allowed.
    pub allow_private: bool,
    /// Whose server it is; asked of Slack's kind alone.
    pub flavour: Option<Flavour>,
}

/// A Telegram bot and its chat.
#[derive(Clone, Debug)]
pub struct TelegramSettings {
    /// The file with the bot's token.
    pub token_file: PathBuf,
    /// The chat's number, or `@name`.
    pub chat: String,
    /// The Bot API server, without a slash at the end.
    pub api: String,
    /// Whether loopback and private addresses, and plain http, are allowed.
    pub allow_private: bool,
}

/// A program that takes messages on its standard input.
#[derive(Clone, Debug)]
pub struct CommandSettings {
    /// The program, an absolute path, and its arguments.
    pub run: Vec<String>,
}

/// A folder that messages are put into.
#[derive(Clone, Debug)]
pub struct FolderSettings {
    /// Where, an absolute path.
    pub path: PathBuf,
}

/// When the totals are recounted from history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditSettings {
    /// The time of day.
    pub at: Time,
    /// An IANA zone.
    pub zone: String,
}

/// Round figures worth telling when a total passes them, rising.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Milestones {
    /// Of the budgets.
    pub budget: Vec<Money>,
    /// Of the award amounts.
    pub award: Vec<Money>,
    /// Of the topic parts.
    pub topic_part: Vec<Money>,
}
