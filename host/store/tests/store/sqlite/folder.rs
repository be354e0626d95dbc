//! What the data folder is, and which one is refused.

use super::*;

#[test]
fn nobody_else_can_read_it() {
    let parent = tempdir().unwrap();
    let folder = parent.path().join("deep/data");
    let _store = open(&folder);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = fs::read_dir(&folder).unwrap().collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        let path = file.unwrap().path();
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), expected, "{}", path.display());
    }
}

#[test]
fn a_second_host_is_refused() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let error = refusal(folder.path());
    assert!(matches!(error, OpenError::InUse(_)));
    assert!(error.to_string().contains(folder.path().to_str().unwrap()));
    drop(store);
    open(folder.path());
}

#[test]
fn a_newer_schema_is_refused_and_kept() {
    let (folder, database) = used_folder();
    let connection = Connection::open(&database).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let before = fs::read(&database).unwrap();
    let error = refusal(folder.path());
    assert!(
        matches!(error, OpenError::Newer { found: 99, .. }),
        "{error}"
    );
    assert!(fs::read(&database).unwrap() == before);
}

#[test]
fn what_is_no_database_is_refused_and_kept() {
    let (folder, database) = used_folder();
    let text = "not a database, but something that someone may want back\n".repeat(100);
    fs::write(&database, &text).unwrap();
    let error = refusal(folder.path());
    let OpenError::Database { source, .. } = error else {
        panic!("{error}");
    };
    assert!(matches!(source, StoreError::Corrupt(_)), "{source}");
    assert_eq!(fs::read_to_string(&database).unwrap(), text);
}

#[test]
fn damage_is_told() {
    let (folder, database) = used_folder();
    // All pages but the first, which names the tables.
    let file = File::options().write(true).open(&database).unwrap();
    let size = file.metadata().unwrap().len();
    file.set_len(4096).unwrap();
    file.set_len(size).unwrap();
    let OpenError::Database { source, .. } = refusal(folder.path()) else {
        panic!("the damage is not seen");
    };
    assert!(matches!(source, StoreError::Corrupt(_)), "{source}");
}

#[test]
fn a_file_in_place_of_the_folder_is_refused() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("data");
    fs::write(&file, "").unwrap();
    let error = refusal(&file);
    assert!(matches!(error, OpenError::Folder { .. }), "{error}");
}

#[tokio::test]
async fn the_folder_is_free_when_the_store_is_dropped() {
    let folder = tempdir().unwrap();
    let space = Space::host("drop");
    for round in 1..=20 {
        let store = open(folder.path());
        let sum = store.increment(&space, "rounds", 1, None).await.unwrap();
        assert_eq!(sum, round);
    }
}

#[test]
fn a_folder_that_others_can_write_is_refused() {
    let parent = tempdir().unwrap();
    let folder = parent.path().join("data");
    drop(open(&folder));
    for mode in [0o777, 0o770, 0o702] {
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        let error = refusal(&folder);
        assert!(matches!(error, OpenError::Exposed { mode: told, .. } if told == mode));
        let told = error.to_string();
        assert!(told.contains("chmod 700"), "{told}");
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    open(&folder);
}

#[tokio::test]
async fn a_database_of_the_first_schema_keeps_its_entries() {
    let folder = tempdir().unwrap();
    let connection = Connection::open(folder.path().join("botbox.sqlite")).unwrap();
    connection
        .execute_batch(include_str!("../../../src/sqlite/database/schema/1.sql"))
        .unwrap();
    connection
        .execute_batch(
            "PRAGMA user_version = 1;
             INSERT INTO owners (id, name) VALUES (1, 'host');
             INSERT INTO entries (owner, bucket, key, value)
             VALUES (1, 'tokens', 'a', x'31'), (1, 'tokens', 'b', x'32');",
        )
        .unwrap();
    drop(connection);

    let space = Space::host("tokens");
    // As it is upgraded, and afterwards.
    for round in 0..2 {
        let store = open(folder.path());
        assert_eq!(store.keys(&space, None, 10).await.unwrap(), ["a", "b"]);
        assert_eq!(store.get(&space, "a").await.unwrap().unwrap(), b"1");
        let channel = Channel::new(&store, "c");
        let id = round.to_string();
        channel.add(&[&id], "a").await;
        let keep = Duration::ZERO;
        channel.run(&id, Outcome::Handled { keep }).await;
        assert_eq!(channel.show(&id).await.entry.state, EventState::Handled);
    }
    let connection = Connection::open(folder.path().join("botbox.sqlite")).unwrap();
    let version = connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    assert!(version.unwrap() >= 6);
}
