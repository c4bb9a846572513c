//! One test binary for everything that needs more than one room, or none: one link step. Each file is a promise of the whole,
//! told from outside.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "a test says so when it fails, also in its helping functions"
)]

mod architecture;

mod paths;

mod docs;

mod config;

mod fetch;

mod five_subscribers;

mod ccgp_listings;

mod captures;

mod classes;

mod mutations;

mod usaspending;

mod sources;

mod store;

mod subscribers;

mod migrations;

mod digests;

mod bounces;
mod composing;

mod email;

mod webhook;

mod dashboard;

mod feishu;

mod rooms;

mod slack;

mod teams;

mod discord;

mod telegram;

mod command;

mod dingtalk;

mod wecom;

mod folder;

mod faults;

mod payloads;

mod secrets;

mod servers;

mod receivers;

mod journey;

mod crash;

mod once;

mod outbox;

mod canary;

mod reread;

mod service;

mod hostile_read;

mod promises;

mod spreadsheet;

mod parties;

mod rulings;

mod study;

mod report;
