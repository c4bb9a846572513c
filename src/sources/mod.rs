//! Pure: one folder per dialect; a page's text becomes a reading.

pub mod ccgp;
