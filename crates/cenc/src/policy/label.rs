//! What keys are for.

use std::fmt;

/// What a key is for: the track types of licence servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// Every encrypted track; with several keys, those that have none of their own.
    All,
    /// Sound.
    Audio,
    /// Video in standard definition.
    Sd,
    /// Video in high definition.
    Hd,
    /// Video in ultra high definition, up to 4K.
    Uhd1,
    /// Video beyond.
    Uhd2,
}

impl Label {
    /// Every label.
    pub const EVERY: [Label; 6] = [
        Label::All,
        Label::Audio,
        Label::Sd,
        Label::Hd,
        Label::Uhd1,
        Label::Uhd2,
    ];

    /// As in options: `all`, `audio`, `sd`, `hd`, `uhd1` or `uhd2`.
    pub fn name(self) -> &'static str {
        match self {
            Label::All => "all",
            Label::Audio => "audio",
            Label::Sd => "sd",
            Label::Hd => "hd",
            Label::Uhd1 => "uhd1",
            Label::Uhd2 => "uhd2",
        }
    }

    /// The label of that name, in either case.
    pub fn from_name(name: &str) -> Option<Label> {
        let is = |label: &Label| label.name().eq_ignore_ascii_case(name);
        Label::EVERY.into_iter().find(is)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The greatest heights of the labels of video, in luma rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeightLimits {
    /// Of [`Label::Sd`].
    pub sd: u32,
    /// Of [`Label::Hd`].
    pub hd: u32,
    /// Of [`Label::Uhd1`].
    pub uhd1: u32,
}

impl HeightLimits {
    /// 480, 1080 and 2160.
    pub const USUAL: HeightLimits = HeightLimits {
        sd: 480,
        hd: 1080,
        uhd1: 2160,
    };

    /// Limits that grow.
    ///
    /// # Errors
    ///
    /// The name of the first limit that is not above the one before.
    pub fn new(sd: u32, hd: u32, uhd1: u32) -> Result<HeightLimits, &'static str> {
        match () {
            () if hd <= sd => Err("hd"),
            () if uhd1 <= hd => Err("uhd1"),
            () => Ok(HeightLimits { sd, hd, uhd1 }),
        }
    }

    /// The label of video that high.
    pub fn label(&self, height: u32) -> Label {
        match height {
            height if height <= self.sd => Label::Sd,
            height if height <= self.hd => Label::Hd,
            height if height <= self.uhd1 => Label::Uhd1,
            _ => Label::Uhd2,
        }
    }
}
