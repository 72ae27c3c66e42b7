//! The options of marking that commands share.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use packager::key_file::{self, KeyFileError};
use wm::{MasterKey, Strength};

use super::Failure;
use super::output::warn;
use super::slip::is_master_key;

/// A strength as the user writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum StrengthWord {
    /// Half a grey level: fine masters that will not be squeezed hard
    Light,
    /// One grey level
    #[default]
    Normal,
    /// One and a half: visible to trained eyes
    Strong,
    /// Nothing is changed: slices are only written again, which proves that they can be
    None,
}

impl StrengthWord {
    pub(super) fn strength(self) -> Strength {
        match self {
            StrengthWord::Light => Strength::Light,
            StrengthWord::Normal => Strength::Normal,
            StrengthWord::Strong => Strength::Strong,
            StrengthWord::None => Strength::None,
        }
    }
}

/// Reads a key file and warns of what is wrong with it.
pub(super) fn read_key(path: &Path) -> Result<Arc<MasterKey>, Failure> {
    if is_master_key(path) {
        let text = "--watermark-key: is a key, expected the file that holds it";
        return Err(Failure::asked(text));
    }
    let file = key_file::read(path)?;
    if let Some(warning) = &file.warning {
        warn(warning);
    }
    Ok(Arc::new(file.key))
}

/// Where secret by-products of a package in `output` go unless the user says: beside it.
pub(super) fn private_beside(output: &Path) -> PathBuf {
    let named = output
        .canonicalize()
        .or_else(|_| std::path::absolute(output));
    let output = named.unwrap_or_else(|_| output.into());
    let mut name = output.file_name().unwrap_or_default().to_os_string();
    name.push(".private");
    output.with_file_name(name)
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Failure {
        if error.is_usage() {
            Failure::Asked(error.into())
        } else {
            Failure::Wrong(error.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_private_folder_lies_beside_the_package() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for name in ["out", "out/", "out/."] {
            assert_eq!(private_beside(&root.join(name)), root.join("out.private"));
        }
        std::fs::create_dir(root.join("out")).unwrap();
        assert_eq!(
            private_beside(&root.join("out/../out/")),
            root.join("out.private")
        );
    }
}
