//! Where a plan's package goes.

use std::path::Path;

use super::Plan;
use crate::Error;
use crate::sink::{DirectorySink, Existing};

impl Plan {
    /// Takes possession of a directory for this plan's package, see [`DirectorySink::open`].
    ///
    /// # Errors
    /// Those of [`DirectorySink::open`], and an input that lies where the package would.
    pub fn open_directory(&self, root: &Path, existing: Existing) -> Result<DirectorySink, Error> {
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
        Ok(DirectorySink::open(root, &self.fingerprint(), existing)?)
    }
}
