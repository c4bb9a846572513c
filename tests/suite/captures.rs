//! Readings of real pages kept outside the project, held against what was read by eye.
