//! The process and its surroundings: clock, service manager, logs, secrets. Knows nothing of procurement and names no other
//! room.

pub mod clock;

pub mod secret;

pub mod notify;

pub mod logs;

pub mod lock;

pub mod link_key;

pub mod chance;
