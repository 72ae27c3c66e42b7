//! Where in a file's tree of boxes something was read.

use std::fmt;

use crate::FourCc;

/// A path of boxes, such as `moov/trak[1]/tkhd`.
///
/// A list linked through the stack: following a box down costs nothing, and text is made only
/// when an error is.
#[derive(Clone, Copy, Debug)]
pub struct Place<'p> {
    parent: Option<&'p Place<'p>>,
    kind: Option<FourCc>,
    index: Option<u32>,
}

impl Place<'static> {
    /// The file itself, above every top-level box.
    pub const FILE: Place<'static> = Place {
        parent: None,
        kind: None,
        index: None,
    };
}

impl Place<'_> {
    /// A box of type `kind` in this one.
    pub fn child(&self, kind: FourCc) -> Place<'_> {
        Place {
            parent: Some(self),
            kind: Some(kind),
            index: None,
        }
    }

    /// The box of type `kind` that is number `index` (from 0) among its like in this one.
    pub fn indexed(&self, kind: FourCc, index: u32) -> Place<'_> {
        Place {
            parent: Some(self),
            kind: Some(kind),
            index: Some(index),
        }
    }

    /// The type of the box this place is; `None` for the file.
    pub fn kind(&self) -> Option<FourCc> {
        self.kind
    }

    /// Whether this is the file, where a box may extend to the end.
    pub fn is_file(&self) -> bool {
        self.kind.is_none()
    }
}

impl fmt::Display for Place<'_> {
    /// The path from the top; `file` for the file itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(kind) = self.kind else {
            return f.write_str("file");
        };
        if let Some(parent) = self.parent.filter(|parent| !parent.is_file()) {
            // Depth is that of our own calls, never of the input.
            write!(f, "{parent}/")?;
        }
        write!(f, "{kind}")?;
        match self.index {
            Some(index) => write!(f, "[{index}]"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_boxes_from_the_top() {
        let file = Place::FILE;
        let moov = file.child(FourCc::new(b"moov"));
        let trak = moov.indexed(FourCc::new(b"trak"), 1);
        assert_eq!(
            trak.child(FourCc::new(b"tkhd")).to_string(),
            "moov/trak[1]/tkhd"
        );
        assert_eq!(moov.to_string(), "moov");
        assert_eq!(file.to_string(), "file");
    }
}
