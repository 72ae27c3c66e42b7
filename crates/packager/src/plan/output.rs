//! Where a plan's package goes.

use std::path::{Component, Path, PathBuf};

use super::Plan;
use crate::Error;
use crate::sink::{DirectorySink, Existing};

impl Plan {
    /// Takes possession of a directory for this plan's package, see [`DirectorySink::open`].
    ///
    /// # Errors
    /// Those of [`DirectorySink::open`], and an input that lies where the package would.
    pub fn open_directory(&self, root: &Path, existing: Existing) -> Result<DirectorySink, Error> {
        self.keep_inputs(root)?;
        Ok(DirectorySink::open(root, &self.fingerprint(), existing)?)
    }

    /// Takes possession of a directory for the records of this plan's marked segments, see
    /// [`DirectorySink::open_private`]. To be called before [`Plan::open_directory`] with the same
    /// `output`.
    ///
    /// # Errors
    /// Those of [`DirectorySink::open_private`], an input that would be replaced, and a directory
    /// in `output`, which would be delivered with it.
    pub fn open_private_directory(
        &self,
        root: &Path,
        output: &Path,
        existing: Existing,
    ) -> Result<DirectorySink, Error> {
        if resolved(root).starts_with(resolved(output)) {
            return Err(Error::PrivateInOutput {
                private: root.display().to_string(),
                output: output.display().to_string(),
            });
        }
        self.keep_inputs(root)?;
        let sink = DirectorySink::open_private(root, &self.fingerprint(), existing)?;
        Ok(sink)
    }

    fn keep_inputs(&self, root: &Path) -> Result<(), Error> {
        let documents = self.texts.iter().map(|text| Path::new(&text.source));
        let inputs = self.inputs.iter().map(|input| input.spec.path.as_path());
        for path in inputs.chain(documents) {
            if DirectorySink::would_replace(root, path) {
                return Err(Error::InputInOutput {
                    input: path.display().to_string(),
                    output: root.display().to_string(),
                });
            }
        }
        Ok(())
    }
}

/// A path without links and dots, as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.into());
    for ancestor in absolute.ancestors() {
        let Ok(found) = ancestor.canonicalize() else {
            continue;
        };
        let rest = absolute.strip_prefix(ancestor).unwrap_or(Path::new(""));
        return rest.components().fold(found, |mut path, part| {
            match part {
                Component::ParentDir => {
                    path.pop();
                }
                Component::Normal(name) => path.push(name),
                Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
            }
            path
        });
    }
    absolute
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_as_they_will_be() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("out")).unwrap();
        std::os::unix::fs::symlink(root.join("out"), root.join("link")).unwrap();
        let out = resolved(&root.join("out"));
        for inside in ["out", "out/a", "link/private", "new/../out/x", "./out/./y"] {
            assert!(resolved(&root.join(inside)).starts_with(&out), "{inside}");
        }
        for outside in ["out.private", "out/../private", "new"] {
            assert!(
                !resolved(&root.join(outside)).starts_with(&out),
                "{outside}"
            );
        }
    }
}
