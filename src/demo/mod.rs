//! The stage of the demonstration: a replica of the procurement site, a mailbox and a webhook inbox, all on loopback, moved by one
//! clock along one story. Shares no code with the readers, so that what it prints also tests them.

pub mod notices;

pub mod story;

pub mod replica;

pub mod loopback;

pub mod maildir;

pub mod mailbox;

pub mod inbox;

pub mod stage;
