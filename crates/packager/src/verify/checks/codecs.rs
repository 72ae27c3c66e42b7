//! What manifests say about codecs is what the media is.

use std::collections::BTreeSet;

use crate::verify::Check;
use crate::verify::finding::Findings;
use crate::verify::location::Location;
use crate::verify::package::Package;

pub(super) const CHECK: Check = Check {
    name: "codecs",
    run,
};

fn run(package: &Package, findings: &mut Findings) {
    let mut told: BTreeSet<&Location> = BTreeSet::new();
    for announced in package.announced() {
        let (Some(init), Some(movie)) = (&announced.init, package.movie(announced)) else {
            continue;
        };
        match movie {
            Ok(movie) if announced.codecs.contains(&movie.codec) => {}
            Ok(movie) => {
                let codec = &movie.codec;
                let value = match announced.codecs.len() {
                    0 => "missing".to_string(),
                    _ => announced.codecs.join(","),
                };
                findings.add(
                    announced.at(),
                    "codecs",
                    value,
                    format!("{codec}, as in the media"),
                );
            }
            Err(_) if !told.insert(init) => {}
            Err(error) => {
                let expected = "an initialization segment that fits its first segment";
                findings.add(
                    (&init.path, ""),
                    "movie",
                    format!("broken: {error}"),
                    expected,
                );
            }
        }
    }
}
