//! A long WebVTT file.

use std::fmt::Write;

use crate::random::Random;

/// Subtitles as text, and how many cues there are.
#[derive(Clone, Debug)]
pub struct Subtitles {
    /// A WebVTT file.
    pub webvtt: String,
    /// Cues in it.
    pub cues: usize,
}

const WORDS: &[&str] = &[
    "a",
    "about",
    "all",
    "and",
    "anyone",
    "asked",
    "because",
    "come",
    "did",
    "door",
    "everything",
    "from",
    "have",
    "he",
    "her",
    "I",
    "it",
    "know",
    "later",
    "listen",
    "morning",
    "never",
    "night",
    "of",
    "only",
    "please",
    "remember",
    "she",
    "something",
    "tell",
    "that",
    "the",
    "they",
    "to",
    "tomorrow",
    "wait",
    "was",
    "we",
    "what",
    "where",
    "with",
    "you",
    "naïve",
    "café",
    "—",
];

impl Subtitles {
    /// Of `seconds`: a cue for about every four seconds, shown for 0.9 to 4 seconds, of one or two
    /// lines of three to eight words; some in italics, some at the top, some with an entity.
    pub fn new(seconds: u32) -> Subtitles {
        let mut random = Random::new(u64::from(seconds));
        let mut out = String::from("WEBVTT\n\nSTYLE\n::cue { color: white }\n");
        let (mut at, mut cues) = (1_000, 0);
        loop {
            let duration = random.within(900, 4_000);
            if at + duration > seconds * 1000 {
                return Subtitles { webvtt: out, cues };
            }
            cues += 1;
            let (from, to) = (timestamp(at), timestamp(at + duration));
            let settings = match random.within(1, 12) {
                1 => " line:5% position:50% align:center",
                _ => "",
            };
            // Writing to a string does not fail.
            let _ = write!(out, "\n{cues}\n{from} --> {to}{settings}\n");
            for _ in 0..random.within(1, 2) {
                push_line(&mut out, &mut random);
            }
            at += duration + random.within(80, 3_000);
        }
    }
}

fn push_line(out: &mut String, random: &mut Random) {
    let (open, close) = match random.within(1, 10) {
        1 => ("<i>", "</i>"),
        _ => ("", ""),
    };
    out.push_str(open);
    for word in 0..random.within(3, 8) {
        if word > 0 {
            out.push_str(if random.within(1, 60) == 1 {
                " &amp; "
            } else {
                " "
            });
        }
        out.push_str(WORDS[random.within(0, WORDS.len() as u32 - 1) as usize]);
    }
    out.push_str(close);
    out.push('\n');
}

fn timestamp(milliseconds: u32) -> String {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    let (minutes, second) = (seconds / 60, seconds % 60);
    format!(
        "{:02}:{:02}:{second:02}.{rest:03}",
        minutes / 60,
        minutes % 60
    )
}
