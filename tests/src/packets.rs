//! Coded samples and their times as `ffprobe` sees them.

use std::path::Path;

use crate::arguments;
use crate::process;

/// One packet of one stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Packet {
    /// Index of the stream in its file.
    pub stream: u32,
    /// Presentation time in seconds, edit lists applied.
    pub pts: Option<f64>,
    /// Bytes.
    pub size: u64,
    /// `ffprobe`'s flags: `K` for sync samples, `D` for samples that an edit list leaves out.
    pub flags: String,
    /// MD5 of the bytes.
    pub hash: String,
}

impl Packet {
    /// Whether decoding can start here.
    pub fn is_sync(&self) -> bool {
        self.flags.contains('K')
    }

    /// Whether it is decoded, but not presented.
    pub fn is_discarded(&self) -> bool {
        self.flags.contains('D')
    }
}

/// Whether `ffprobe` applies edit lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditLists {
    /// Times are those of the presentation; samples outside of it may be missing.
    Applied,
    /// Every sample is listed, at the times of its media.
    Ignored,
}

/// The streams of a file, each with its index and kind (`video`, `audio`, `subtitle`), in order.
pub fn streams(path: &Path) -> Vec<(u32, String)> {
    let found = process::succeed(
        "ffprobe",
        arguments![
            "-v",
            "fatal",
            "-show_entries",
            "stream=index,codec_type",
            "-of",
            "csv=p=0",
            path
        ],
    );
    let text = String::from_utf8_lossy(&found).into_owned();
    // A stream with side data is followed by a line without fields.
    let fields = text.lines().filter_map(|line| line.split_once(','));
    let stream = |(index, kind): (&str, &str)| {
        Some((index.parse().ok()?, kind.trim_end_matches(',').to_string()))
    };
    fields.filter_map(stream).collect()
}

/// Every packet of a file, in the order of the file.
pub fn read(path: &Path, edits: EditLists) -> Vec<Packet> {
    let ignore = match edits {
        EditLists::Applied => "0",
        EditLists::Ignored => "1",
    };
    let found = process::succeed(
        "ffprobe",
        arguments![
            "-v",
            "fatal",
            "-fflags",
            "+noparse",
            "-ignore_editlist",
            ignore,
            "-show_entries",
            "packet=stream_index,pts_time,size,flags,data_hash",
            "-show_data_hash",
            "md5",
            "-of",
            "compact=p=0",
            path,
        ],
    );
    String::from_utf8_lossy(&found)
        .lines()
        .filter_map(parse)
        .collect()
}

fn parse(line: &str) -> Option<Packet> {
    let field = |name: &str| {
        let mut fields = line.split('|').filter_map(|field| field.split_once('='));
        fields.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    Some(Packet {
        stream: field("stream_index")?.parse().ok()?,
        pts: field("pts_time").and_then(|text| text.parse().ok()),
        size: field("size")?.parse().ok()?,
        flags: field("flags")?.to_string(),
        hash: field("data_hash")?.trim_start_matches("MD5:").to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_ffprobe_is_a_packet() {
        let line = "stream_index=1|pts_time=-0.021333|size=20|flags=KD|data_hash=MD5:0af1";
        let packet = parse(line).expect("is a packet");
        assert_eq!(
            (packet.stream, packet.pts, packet.size),
            (1, Some(-0.021333), 20)
        );
        assert!(packet.is_sync() && packet.is_discarded());
        assert_eq!(packet.hash, "0af1");
        assert_eq!(
            parse("stream_index=1|pts_time=N/A|size=2|flags=__|data_hash=MD5:1")
                .and_then(|p| p.pts),
            None
        );
    }
}
