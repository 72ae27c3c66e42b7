//! Every field of a job by its place, to say where an unknown one belongs.

/// The fields, with `[]` behind lists.
pub(super) const FIELDS: [&str; 26] = [
    "job_name",
    "content_id",
    "storage.input.storage_id",
    "storage.input.storage_name",
    "storage.input.contents_path",
    "storage.output.storage_id",
    "storage.output.storage_name",
    "storage.output.path",
    "streaming_format",
    "segment_duration",
    "subtitles[].path",
    "subtitles[].language",
    "dash_option.min_buffer_time",
    "dash_option.enable_average_bandwidth_mpd",
    "protect_type",
    "protection_type",
    "drm_option.multi_key",
    "drm_option.skip_audio_encryption",
    "drm_option.max_sd_height",
    "drm_option.max_hd_height",
    "drm_option.max_uhd1_height",
    "drm_option.clear_lead",
    "drm_option.generate_tracktype_manifests",
    "storage",
    "dash_option",
    "subtitles",
];

/// Most letters in which a misspelt name differs from the right one.
const MOST_TYPOS: usize = 2;

/// Fewest letters that stand for a longer name: `min_buffer` for `min_buffer_time`.
const LEAST_PREFIX: usize = 4;

/// Longest name that is compared letter by letter, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// Which field may be meant by one that nobody knows, called `name` in the object at `place` (which
/// is empty or ends in a dot).
pub(super) fn meant(place: &str, name: &str) -> Option<&'static str> {
    if name.len() > MAX_NAME_BYTES {
        return None;
    }
    let place = general(place);
    let last = |field: &'static str| field.rsplit('.').next().unwrap_or(field);
    let here = |field: &&&'static str| {
        let rest = field.strip_prefix(place.as_str());
        rest.is_some_and(|rest| !rest.contains('.'))
    };
    let misspelt = FIELDS
        .iter()
        .filter(here)
        .find(|field| is_close(name, last(field)));
    let misplaced = || FIELDS.iter().find(|field| last(field) == name);
    let both = || FIELDS.iter().find(|field| is_close(name, last(field)));
    misspelt.or_else(misplaced).or_else(both).copied()
}

/// `place` with `[]` for the position in a list.
fn general(place: &str) -> String {
    let mut general = String::with_capacity(place.len());
    let mut is_index = false;
    for c in place.chars() {
        is_index = is_index && c != ']';
        if !is_index {
            general.push(c);
        }
        is_index = is_index || c == '[';
    }
    general
}

fn is_close(name: &str, field: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_short = name.len() >= LEAST_PREFIX && field.starts_with(&name);
    let is_long = field.len() >= LEAST_PREFIX && name.starts_with(field);
    is_short || is_long || (name.len() > LEAST_PREFIX && typos(&name, field) <= MOST_TYPOS)
}

/// How many letters must be put in, left out or replaced to make one word the other.
fn typos(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, c) in one.chars().enumerate() {
        let mut left = index + 1;
        let mut above_left = index;
        for (cell, o) in row.iter_mut().skip(1).zip(&other) {
            let best = (above_left + usize::from(c != *o))
                .min(left + 1)
                .min(*cell + 1);
            above_left = *cell;
            *cell = best;
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_in_the_wrong_place_or_misspelt_is_led_to_the_right_one() {
        for (place, name, field) in [
            ("", "contents_path", "storage.input.contents_path"),
            (
                "storage.input.",
                "content_path",
                "storage.input.contents_path",
            ),
            ("storage.input.", "path", "storage.output.path"),
            ("", "min_buffer", "dash_option.min_buffer_time"),
            ("dash_option.", "min_buffer", "dash_option.min_buffer_time"),
            ("", "contentid", "content_id"),
            ("", "dash_options", "dash_option"),
            ("subtitles[3].", "lang", "subtitles[].language"),
        ] {
            assert_eq!(meant(place, name), Some(field), "{place}{name}");
        }
        for name in ["colour", "x", "", "file"] {
            assert_eq!(meant("", name), None, "{name}");
        }
        assert_eq!(meant("", &"content_id".repeat(1000)), None);
    }

    #[test]
    fn every_field_is_in_the_table_for_people() {
        let readme = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md"));
        let is_object = |field: &str| FIELDS.iter().any(|other| below(other, field));
        for field in FIELDS.iter().filter(|field| !is_object(field)) {
            assert!(readme.contains(&format!("`{field}`")), "{field}");
        }
    }

    fn below(field: &str, object: &str) -> bool {
        let rest = field.strip_prefix(object);
        rest.is_some_and(|rest| rest.starts_with(['.', '[']))
    }

    #[test]
    fn typos_are_counted() {
        assert_eq!(typos("kitten", "sitting"), 3);
        assert_eq!(typos("", "abc"), 3);
        assert_eq!(typos("abc", "abc"), 0);
    }
}
