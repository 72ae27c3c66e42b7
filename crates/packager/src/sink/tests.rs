//! What every sink must do, and what a directory must do besides.

use std::fs;
use std::io;

use super::{DirectorySink, Existing, MemorySink, Sink};

/// The promises of [`Sink`], for any sink that is empty.
fn keeps_its_promises(sink: &dyn Sink) {
    let mut object = sink.create("cmaf/video/seg_1.m4s").unwrap();
    object.write(b"first ").unwrap();
    assert!(
        sink.read("cmaf/video/seg_1.m4s").is_err(),
        "nothing is there before commit"
    );
    object.write(b"second").unwrap();
    object.commit().unwrap();
    assert_eq!(sink.read("cmaf/video/seg_1.m4s").unwrap(), b"first second");

    let mut dropped = sink.create("cmaf/video/seg_2.m4s").unwrap();
    dropped.write(b"half").unwrap();
    drop(dropped);
    assert!(
        sink.read("cmaf/video/seg_2.m4s").is_err(),
        "a dropped object never existed"
    );

    let mut replaced = sink.create("cmaf/video/seg_1.m4s").unwrap();
    replaced.write(b"new").unwrap();
    replaced.commit().unwrap();
    assert_eq!(sink.read("cmaf/video/seg_1.m4s").unwrap(), b"new");

    std::thread::scope(|scope| {
        for at in 0..8 {
            scope.spawn(move || {
                let mut object = sink.create(&format!("cmaf/audio/seg_{at}.m4s")).unwrap();
                object.write(&[at; 100]).unwrap();
                object.commit().unwrap();
            });
        }
    });
    for at in 0..8 {
        assert_eq!(
            sink.read(&format!("cmaf/audio/seg_{at}.m4s")).unwrap(),
            [at; 100]
        );
    }
    sink.finish().unwrap();
}

#[test]
fn memory_keeps_the_promises_of_a_sink() {
    keeps_its_promises(&MemorySink::default());
}

#[test]
fn a_directory_keeps_the_promises_of_a_sink_and_leaves_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("new/out");
    keeps_its_promises(&DirectorySink::open(&root, "job", Existing::Resume).unwrap());
    let names = |path: &std::path::Path| {
        let mut names: Vec<String> = fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(
        names(&root),
        ["cmaf"],
        "the journal goes with the end of the run"
    );
    assert_eq!(names(&root.join("cmaf/video")), ["seg_1.m4s"]);
}

fn write(sink: &DirectorySink, path: &str, bytes: &[u8]) {
    let mut object = sink.create(path).unwrap();
    object.write(bytes).unwrap();
    object.commit().unwrap();
}

fn refused(result: io::Result<DirectorySink>) -> String {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists, "{error}");
    error.to_string()
}

#[test]
fn an_unfinished_run_of_the_same_job_is_resumed_and_its_parts_go() {
    let root = tempfile::tempdir().unwrap();
    let first = DirectorySink::open(root.path(), "job", Existing::Resume).unwrap();
    assert!(!first.is_resumed());
    write(&first, "cmaf/seg_1.m4s", b"whole");
    assert_eq!(
        first.size_of("cmaf/seg_1.m4s"),
        None,
        "a fresh run keeps nothing"
    );
    // As a kill leaves it: the object is gone, its temporary file is not.
    fs::write(root.path().join("cmaf/.seg_2.m4s.part"), b"ha").unwrap();
    drop(first);

    let second = DirectorySink::open(root.path(), "job", Existing::Resume).unwrap();
    assert!(second.is_resumed());
    assert_eq!(second.size_of("cmaf/seg_1.m4s"), Some(5));
    assert_eq!(second.size_of("cmaf/seg_2.m4s"), None);
    second.finish().unwrap();
    assert!(!root.path().join("cmaf/.seg_2.m4s.part").exists());
}

#[test]
fn another_job_and_foreign_files_are_refused() {
    let root = tempfile::tempdir().unwrap();
    drop(DirectorySink::open(root.path(), "job", Existing::Resume).unwrap());
    let text = refused(DirectorySink::open(root.path(), "other", Existing::Resume));
    assert!(text.contains("unfinished run of another job"), "{text}");

    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("holiday.jpg"), b"").unwrap();
    let text = refused(DirectorySink::open(root.path(), "job", Existing::Resume));
    assert!(text.contains("\"holiday.jpg\""), "{text}");
}

#[test]
fn replacing_removes_a_package_and_nothing_else() {
    let root = tempfile::tempdir().unwrap();
    let sink = DirectorySink::open(root.path(), "job", Existing::Resume).unwrap();
    write(&sink, "cmaf/seg_1.m4s", b"old");
    write(&sink, "package.json", b"{\"packager\": \"0\"}");
    sink.finish().unwrap();
    drop(sink);
    fs::write(root.path().join("notes.txt"), b"mine").unwrap();
    let text = refused(DirectorySink::open(root.path(), "job", Existing::Resume));
    assert!(text.contains("holds a finished package"), "{text}");
    let sink = DirectorySink::open(root.path(), "job", Existing::Replace).unwrap();
    assert!(!sink.is_resumed());
    assert!(!root.path().join("package.json").exists());
    assert!(!root.path().join("cmaf").exists());
    assert_eq!(fs::read(root.path().join("notes.txt")).unwrap(), b"mine");
}

#[test]
fn replacing_removes_nothing_that_no_packager_wrote() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("cmaf")).unwrap();
    fs::write(root.path().join("cmaf/film.mp4"), b"mine").unwrap();
    fs::write(
        root.path().join("package.json"),
        b"{\"name\": \"of another tool\"}",
    )
    .unwrap();
    let sink = DirectorySink::open(root.path(), "job", Existing::Replace).unwrap();
    write(&sink, "cmaf/seg_1.m4s", b"new");
    assert_eq!(
        fs::read(root.path().join("cmaf/film.mp4")).unwrap(),
        b"mine"
    );
}

#[test]
fn a_file_is_no_place_for_a_package() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("film.mp4");
    fs::write(&path, b"mine").unwrap();
    for existing in [Existing::Resume, Existing::Replace] {
        let text = refused(DirectorySink::open(&path, "job", existing));
        assert!(
            text.ends_with("film.mp4: is a file, expected a folder"),
            "{text}"
        );
    }
}

#[test]
fn two_processes_cannot_write_one_directory() {
    let root = tempfile::tempdir().unwrap();
    let first = DirectorySink::open(root.path(), "job", Existing::Resume).unwrap();
    for existing in [Existing::Resume, Existing::Replace] {
        let text = refused(DirectorySink::open(root.path(), "job", existing));
        assert!(text.contains("another process is writing"), "{text}");
    }
    drop(first);
    DirectorySink::open(root.path(), "job", Existing::Resume).unwrap();
}

fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_private_directory_keeps_the_promises_of_a_sink() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("out.private");
    keeps_its_promises(&DirectorySink::open_private(&root, "job", Existing::Resume).unwrap());
}

#[test]
fn a_private_directory_is_its_owner_s_alone_and_forgets_its_journal() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("out.private");
    fs::create_dir(&root).unwrap();
    let sink = DirectorySink::open_private(&root, "job", Existing::Resume).unwrap();
    assert_eq!(mode(&root), 0o700, "an empty folder is closed");
    write(&sink, "journal/a/1.json", b"{}");
    assert_eq!(mode(&root.join("journal")), 0o700);
    assert_eq!(mode(&root.join("journal/a/1.json")), 0o600);
    drop(sink);
    let sink = DirectorySink::open_private(&root, "job", Existing::Resume).unwrap();
    assert_eq!(sink.size_of("journal/a/1.json"), Some(2));
    write(&sink, "gains/a.jsonl", b"{}\n");
    write(&sink, "private.json", b"{\"packager\": \"0\"}");
    let mut scratch = sink.scratch().unwrap();
    io::Write::write_all(&mut scratch, b"waiting").unwrap();
    sink.finish().unwrap();
    let mut names: Vec<_> = fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["gains", "private.json"]);
    drop(sink);
    let again = || DirectorySink::open_private(&root, "job", Existing::Resume);
    assert!(refused(again()).contains("the secrets of a finished package"));
    let sink = DirectorySink::open_private(&root, "job", Existing::Replace).unwrap();
    assert!(!root.join("gains").exists() && !sink.is_resumed());
}

#[test]
fn a_folder_of_somebody_s_does_not_become_a_private_one() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("holiday.jpg"), b"").unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(root.path(), open).unwrap();
    for existing in [Existing::Resume, Existing::Replace] {
        let text = refused(DirectorySink::open_private(root.path(), "job", existing));
        assert!(
            text.ends_with("(it holds \"holiday.jpg\"); choose another directory"),
            "{text}"
        );
    }
    assert_eq!(mode(root.path()), 0o755);
}
