//! Source files as words: comments, literals and tests taken out.

use std::path::Path;

/// One file of Rust code.
pub(crate) struct Source {
    /// Below the root of the repository, with `/`.
    pub(crate) path: String,
    /// Lines before the tests at the end of the file.
    pub(crate) lines_without_tests: usize,
    /// Identifiers and single other characters, in order.
    tokens: Vec<String>,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Source {
        // By the style of the house, tests stand last.
        let code = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or(text);
        Source {
            path: path.to_owned(),
            lines_without_tests: code.lines().count(),
            tokens: tokens(code),
        }
    }

    /// Whether `word` is one of the identifiers.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        self.tokens.iter().any(|token| token == word)
    }

    /// Whether `std::module` is named, by itself or within `std::{..}`.
    pub(crate) fn uses_std(&self, module: &str) -> bool {
        let words: Vec<&str> = self.tokens.iter().map(String::as_str).collect();
        (0..words.len()).any(|start| match &words[start..] {
            ["std", ":", ":", "{", group @ ..] => first_level(group).any(|name| name == module),
            ["std", ":", ":", name, ..] => *name == module,
            _ => false,
        })
    }
}

/// The names at the first level of a `{..}` group whose brace is open.
fn first_level<'t>(group: &'t [&'t str]) -> impl Iterator<Item = &'t str> {
    let mut depth = 1;
    let mut starts = true;
    group
        .iter()
        .take_while(move |token| {
            depth += i32::from(**token == "{") - i32::from(**token == "}");
            depth > 0
        })
        .scan(0, |inner, token| {
            *inner += i32::from(*token == "{") - i32::from(*token == "}");
            Some((*inner, *token))
        })
        .filter_map(move |(inner, token)| {
            let name = (starts && inner == 0).then_some(token);
            starts = inner == 0 && token == ",";
            name
        })
}

/// Splits code into identifiers and other characters; comments and literals are dropped.
fn tokens(code: &str) -> Vec<String> {
    let chars: Vec<char> = code.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut found = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c == '/' && at(i + 1) == '/' {
            while i < chars.len() && chars[i] != '\n' {
                i += 1;
            }
        } else if c == '/' && at(i + 1) == '*' {
            i = after_comment(&chars, i);
        } else if c == '"' {
            i = after_string(&chars, i);
        } else if c == '\'' {
            // A literal is closed after one character or begins with a backslash, a lifetime is not.
            if at(i + 1) == '\\' {
                i += 3;
                while i < chars.len() && chars[i] != '\'' {
                    i += 1;
                }
                i += 1;
            } else {
                i += if at(i + 2) == '\'' { 3 } else { 1 };
            }
        } else if c.is_alphabetic() || c == '_' {
            let start = i;
            while at(i).is_alphanumeric() || at(i) == '_' {
                i += 1;
            }
            let word: String = chars[start..i].iter().collect();
            let hashes = chars[i..].iter().take_while(|c| **c == '#').count();
            if matches!(word.as_str(), "r" | "br" | "cr") && at(i + hashes) == '"' {
                i = after_raw_string(&chars, i + hashes + 1, hashes);
            } else {
                found.push(word);
            }
        } else {
            if !c.is_whitespace() {
                found.push(c.to_string());
            }
            i += 1;
        }
    }
    found
}

fn after_comment(chars: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut i = start;
    while i < chars.len() {
        match (chars[i], chars.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 2),
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            break;
        }
    }
    i
}

fn after_string(chars: &[char], start: usize) -> usize {
    let mut i = start + 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

fn after_raw_string(chars: &[char], start: usize, hashes: usize) -> usize {
    let mut i = start;
    while i < chars.len() {
        let closed = chars[i] == '"'
            && chars[i + 1..]
                .iter()
                .take(hashes)
                .filter(|c| **c == '#')
                .count()
                == hashes;
        i += 1;
        if closed {
            return i + hashes;
        }
    }
    i
}

/// Every `.rs` file below `root/folder` that is no test, sorted by path.
pub(crate) fn read_all(root: &Path, folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(root.join(&folder)).expect("a folder of sources can be listed");
        for entry in entries {
            let entry = entry.expect("a folder of sources can be listed");
            let name = entry.file_name().into_string().expect("names are UTF-8");
            let path = format!("{folder}/{name}");
            if entry.path().is_dir() {
                if !matches!(name.as_str(), "tests" | "target" | "benches") {
                    folders.push(path);
                }
            } else if name.ends_with(".rs") && name != "tests.rs" {
                let text = std::fs::read_to_string(entry.path()).expect("sources are UTF-8");
                found.push(Source::new(&path, &text));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}
