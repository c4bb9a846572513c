//! Buyers, suppliers and agencies as a page names them. Who is the same as whom is decided elsewhere.

/// An organisation as printed. Contact persons and telephone numbers are deliberately absent.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Organisation {
    /// The name, blanks and brackets folded.
    pub name: String,
    /// The unified social credit code (GB 32100), where printed and its check character fits.
    pub credit_code: Option<String>,
    /// The printed address.
    pub address: Option<String>,
}

impl Organisation {
    /// An organisation of which only the name is known.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}
