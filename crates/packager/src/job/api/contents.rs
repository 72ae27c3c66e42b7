//! `storage.input.contents_path`: files, or folders of files.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::input::InputSpec;
use crate::job::JobError;

/// Extensions of the files a folder stands for.
const EXTENSIONS: [&str; 4] = ["mp4", "mov", "m4v", "m4a"];

/// The inputs named by `contents_path`, relative to `folder`.
pub(super) fn inputs(contents_path: &[String], folder: &Path) -> Result<Vec<InputSpec>, JobError> {
    let mut inputs = Vec::new();
    for (index, text) in contents_path.iter().enumerate() {
        let place = format!("storage.input.contents_path[{index}]");
        let spec = InputSpec::parse(folder.join(text).as_os_str())?;
        let metadata = fs::metadata(&spec.path).map_err(|error| {
            let (field, path) = (place.clone(), spec.path.clone());
            JobError::Unreadable { field, path, error }
        })?;
        if !metadata.is_dir() {
            inputs.push(spec);
            continue;
        }
        let movies = movies(&spec.path).map_err(|error| {
            let (field, path) = (place.clone(), spec.path.clone());
            JobError::Unreadable { field, path, error }
        })?;
        if movies.is_empty() {
            let expected = "a folder with .mp4, .mov, .m4v or .m4a files";
            return Err(JobError::value(place, spec.path.display(), expected));
        }
        inputs.extend(movies.into_iter().map(|path| InputSpec {
            path,
            ..spec.clone()
        }));
    }
    Ok(inputs)
}

/// The movie files in `folder`, sorted by name; hidden files are none.
fn movies(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        let movie = EXTENSIONS
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known));
        let hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if movie && !hidden && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_stands_for_its_movie_files_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.mp4", "a.MOV", "c.m4a", "notes.txt", ".hidden.mp4"] {
            fs::write(folder.path().join(name), b"").unwrap();
        }
        fs::create_dir(folder.path().join("sub.mp4")).unwrap();
        let found = inputs(&[".".into()], folder.path()).unwrap();
        let names: Vec<_> = found
            .iter()
            .filter_map(|input| input.path.file_name())
            .collect();
        assert_eq!(names, ["a.MOV", "b.mp4", "c.m4a"]);
    }

    #[test]
    fn nothing_and_nobody_are_errors_with_their_place() {
        let folder = tempfile::tempdir().unwrap();
        let message = inputs(&["gone.mp4".into()], folder.path())
            .unwrap_err()
            .to_string();
        assert!(
            message.starts_with("storage.input.contents_path[0]: "),
            "{message}"
        );
        fs::create_dir(folder.path().join("empty")).unwrap();
        let message = inputs(&["empty".into()], folder.path())
            .unwrap_err()
            .to_string();
        assert!(message.ends_with("expected a folder with .mp4, .mov, .m4v or .m4a files"));
    }

    #[test]
    fn a_file_may_carry_input_options() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.mp4"), b"").unwrap();
        let found = inputs(&["a.mp4#audio,lang=ko".into()], folder.path()).unwrap();
        assert_eq!(found[0].kind, Some(media::TrackKind::Audio));
    }
}
