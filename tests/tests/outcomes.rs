//! Every real file, packaged or refused as `data/mp4-real.tsv` says.
//!
//! A file without a line fails, and so does a line without a file. Packaged files pass `packager
//! verify`; refused files leave nothing that looks finished.

use std::collections::BTreeSet;
use std::time::Duration;

use tests::harness::{self, Need};
use tests::table::Table;
use tests::{arguments, media, package, process};

/// More than any of them may take, on a busy machine too.
const LIMIT: Duration = Duration::from_secs(10);

fn main() {
    let table = Table::read(&media::data("mp4-real.tsv")).unwrap_or_else(|_| Table::parse(""));
    let mut trials = Vec::new();
    let mut listed = BTreeSet::new();
    for row in table.rows() {
        let path = row.get("path").unwrap_or_default().to_string();
        let expected = row.get("outcome").unwrap_or_default().to_string();
        let why = row.get("why").unwrap_or_default().to_string();
        listed.insert(path.clone());
        let name = format!("outcome::{path}");
        trials.push(harness::test(name, &[Need::Media], move || {
            check(&path, &expected, &why)
        }));
    }
    trials.push(harness::test(
        "every_real_file_has_a_line",
        &[Need::Media],
        move || {
            let found: BTreeSet<String> = media::real_files().into_iter().collect();
            let without: Vec<_> = found.difference(&listed).collect();
            assert!(
                without.is_empty(),
                "without a line in mp4-real.tsv: {without:?}"
            );
            assert!(found.len() > 200, "found only {} files", found.len());
        },
    ));
    harness::run(trials);
}

fn check(path: &str, expected: &str, why: &str) {
    let file = media::real_folder().join(path);
    assert!(
        file.is_file(),
        "{path}: has a line in mp4-real.tsv, but there is no such file"
    );
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let output = process::run_packager(arguments!["pack", "--quiet", &file, "-o", &out]);
    assert!(output.took < LIMIT, "took {:?}", output.took);
    let name = file.to_string_lossy();
    let stderr = output.stderr.replace(&*name, "{file}");
    let errors: Vec<&str> = stderr
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    let others = stderr.lines().filter(|line| !line.starts_with("error: "));
    for line in others {
        assert!(
            line.starts_with("warning: "),
            "neither error nor warning: {line}"
        );
    }
    if expected == "packaged" {
        assert_eq!(output.code(), Some(0), "{stderr}");
        assert!(errors.is_empty(), "exit 0 with {errors:?}");
        let verified = process::run_packager(arguments!["verify", &out]);
        assert_eq!(
            verified.code(),
            Some(0),
            "{}{}",
            verified.text(),
            verified.stderr
        );
        return;
    }
    assert!(
        !why.is_empty(),
        "a refusal needs its reason in the column why"
    );
    assert_eq!(errors, [format!("error: {expected}")], "{stderr}");
    assert_eq!(output.code(), Some(1));
    let left = package::looks_finished(&out);
    assert!(left.is_empty(), "left {left:?}");
}
