//! Facts in words.

use demux::VideoFacts;

/// Colour and dynamic range: `BT.2020 PQ 10 bit`; `SDR` where nothing is said.
pub(super) fn colour(video: &VideoFacts) -> String {
    let mut words: Vec<String> = Vec::new();
    if let Some(colour) = video.colour {
        // Code points of ISO/IEC 23091-2.
        let primaries = match colour.primaries {
            1 => "BT.709",
            5 | 6 => "BT.601",
            9 => "BT.2020",
            12 => "P3",
            _ => "",
        };
        let transfer = match colour.transfer {
            16 => "PQ",
            18 => "HLG",
            _ => "SDR",
        };
        words.extend([primaries, transfer].map(String::from));
        words.extend(colour.full_range.then(|| "full range".to_string()));
    } else {
        words.push("SDR".into());
    }
    words.extend(
        video
            .bit_depth
            .filter(|bits| *bits != 8)
            .map(|bits| format!("{bits} bit")),
    );
    if let Some(dolby) = video.dolby_vision {
        words.push(format!(
            "Dolby Vision {}.{}",
            dolby.profile, dolby.compatibility
        ));
    }
    words.extend(video.interlaced.then(|| "interlaced".to_string()));
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

/// Pictures per second with as many of three decimals as say something.
pub(super) fn frame_rate(rate: f64) -> String {
    let text = format!("{rate:.3}");
    text.trim_end_matches('0').trim_end_matches('.').into()
}

/// Bits per second in the unit that suits.
pub(super) fn bit_rate(rate: u64) -> String {
    match rate {
        1_000_000.. => format!("{:.2} Mbit/s", rate as f64 / 1e6),
        1_000.. => format!("{} kbit/s", rate / 1_000),
        _ => format!("{rate} bit/s"),
    }
}

/// A range of seconds, one number where both ends are equal to the millisecond.
pub(super) fn spacing([shortest, longest]: [f64; 2]) -> String {
    let [shortest, longest] = [shortest, longest].map(|seconds| format!("{seconds:.3}"));
    if shortest == longest {
        format!("{longest} s")
    } else {
        format!("{shortest} to {longest} s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_distances_are_short() {
        assert_eq!(frame_rate(24000.0 / 1001.0), "23.976");
        assert_eq!(frame_rate(25.0), "25");
        assert_eq!(bit_rate(5_080_000), "5.08 Mbit/s");
        assert_eq!(bit_rate(128_900), "128 kbit/s");
        assert_eq!(bit_rate(12), "12 bit/s");
        assert_eq!(spacing([2.0, 2.0001]), "2.000 s");
        assert_eq!(spacing([0.5, 5.0]), "0.500 to 5.000 s");
    }
}
