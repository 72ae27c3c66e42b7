//! How strong the mark is.

/// Strength profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Strength {
    /// Nothing is changed: slices are only written again, which proves that they can be.
    None,
    /// Fine masters that will not be squeezed hard.
    Light,
    /// Everything else.
    Normal,
    /// Visible to trained eyes, for copies expected to suffer.
    Strong,
}

impl Strength {
    /// Root mean square of the change that is aimed at in marked pictures, in grey levels of
    /// 8-bit samples.
    pub fn amplitude(self) -> f32 {
        match self {
            Strength::None => 0.0,
            Strength::Light => 0.5,
            Strength::Normal => 1.0,
            Strength::Strong => 1.5,
        }
    }
}
