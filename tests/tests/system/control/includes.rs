//! The configuration file includes others, which have channels.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use botbox_tests::{Channel, Host, Line, Setup, binary, plugin};

/// A table of a channel, whose plugin and secret are found from its file's folder.
fn channel(id: &str) -> String {
    format!(
        "[[channels]]\nid = \"{id}\"\nprovider = \"acme\"\nsecret = {{ file = \"secret\" }}\n\
         access_token = {{ file = \"secret\" }}\nplugin = \"echo.wasm\"\ngrants = [\"reply\"]\n"
    )
}

fn write(folder: &Path, file: &str, text: &str) {
    let file = folder.join(file);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn check(folder: &Path) -> Output {
    Command::new(binary())
        .args(["check", "--config"])
        .arg(folder.join("botbox.toml"))
        .output()
        .unwrap()
}

/// What is wrong, a line each.
fn problems(folder: &Path) -> Vec<String> {
    let said = check(folder).stdout;
    let said = String::from_utf8(said).unwrap();
    let shown = folder.display().to_string();
    let problems = said.lines().filter_map(|it| it.strip_prefix("problem: "));
    problems
        .map(|it| it.replace(&shown, "").replacen('/', "", 1))
        .collect()
}

#[test]
fn what_is_wrong_is_told_with_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let main = format!(
        "include = [\"channels/*.toml\", \"none/*.toml\"]\n{}",
        channel("main")
    );
    for place in ["", "channels/"] {
        write(folder, &format!("{place}secret"), "a-secret");
        fs::copy(plugin("echo"), folder.join(place).join("echo.wasm")).unwrap();
    }
    write(folder, "botbox.toml", &main);
    write(folder, "channels/a.toml", &channel("a"));
    write(
        folder,
        "channels/b.toml",
        &format!("{}[providers.acme]\nweight = 2\n", channel("b")),
    );
    // What editors leave about.
    write(folder, "channels/.b.toml", "[[channels]]\n");
    let right = check(folder);
    let said = String::from_utf8(right.stdout).unwrap();
    assert!(right.status.success(), "{said}");
    let echo = folder.join("channels/echo.wasm");
    let served = said
        .lines()
        .filter(|it| it.contains(&echo.display().to_string()));
    assert_eq!(served.count(), 2, "{said}");

    write(
        folder,
        "channels/c.toml",
        &format!("\n{}{}", channel("c"), channel("a")),
    );
    write(
        folder,
        "channels/d.toml",
        "[server]\nlisten = \"127.0.0.1:1\"\n",
    );
    write(
        folder,
        "channels/e.toml",
        "include = [\"f.toml\"]\n[providers.acme]\nweight = 3\n",
    );
    write(
        folder,
        "channels/f.toml",
        &channel("f").replace("provider", "provder"),
    );
    write(folder, "channels/g.toml", "[[channels]\n");
    write(
        folder,
        "channels/h.toml",
        &channel("h").replace("\"secret\"", "\"nowhere\""),
    );
    let said = problems(folder);
    let expected = [
        "channels/c.toml:10: channels[1].id (channel \"a\"): another channel has the id `a` already: /channels/a.toml:2;",
        "channels/d.toml:1: server: an included file has only `channels` and `providers`; put this into ",
        "channels/e.toml:1: include: an included file includes no others; list them in ",
        "channels/e.toml:2: providers.acme: this provider is in ",
        "channels/f.toml:1: channels[0].provider (channel \"f\"): it is missing",
        "channels/f.toml:3: channels[0].provder (channel \"f\"): unknown key; did you mean `provider`?",
        "channels/g.toml:1: it is not valid TOML: ",
        "channels/h.toml:4: channels[0].secret (channel \"h\"): cannot read ",
        "channels/h.toml:5: channels[0].access_token (channel \"h\"): cannot read ",
    ];
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said}\nexpected {expected}");
    }
    assert!(
        said[0].contains("already: /channels/a.toml:2;"),
        "{}",
        said[0]
    );

    // A name that is no pattern must be there.
    write(
        folder,
        "botbox.toml",
        &main.replace("none/*.toml", "none.toml"),
    );
    let said = problems(folder);
    let expected = "botbox.toml:1: include[1]: there is no file ";
    assert!(said[0].starts_with(expected), "{said:#?}");
    write(
        folder,
        "botbox.toml",
        &main.replace("none/*.toml", "none[.toml"),
    );
    let said = problems(folder);
    let expected = "botbox.toml:1: include[1]: `none[.toml` is no pattern: ";
    assert!(said[0].starts_with(expected), "{said:#?}");
}

/// Takes the last channel out of a configuration, and puts it into an included file.
fn move_last(setup: &Setup, file: &str) -> String {
    let config = setup.config();
    let text = fs::read_to_string(&config).unwrap();
    let (rest, last) = text.split_at(text.rfind("[[channels]]").unwrap());
    write(config.parent().unwrap(), file, last);
    fs::write(&config, format!("include = [\"channels/*.toml\"]\n{rest}")).unwrap();
    last.to_owned()
}

#[tokio::test]
async fn a_reload_sees_new_and_removed_files() {
    let line = Line::start().await;
    let (one, two) = (line.bot("One").await, line.bot("Two").await);
    let user = line.user("Aiko").await;
    let setup = Host::beside(&line)
        .channel(Channel::new("one", &one, "echo"))
        .channel(Channel::new("two", &two, "echo"))
        .set_up();
    let moved = move_last(&setup, "channels/two.toml");
    let folder = setup.config().parent().unwrap().to_owned();
    let host = setup.start().await;
    setup.point(&line, &host).await;
    assert_eq!(line.ask(&two, &user, "included").await, "included");

    fs::remove_file(folder.join("channels/two.toml")).unwrap();
    host.signal("HUP");
    host.log
        .expect("channel \"two\": not served any more")
        .await;
    assert_eq!(line.say(&two, &user, "gone").await.status, Some(404));
    assert_eq!(line.ask(&one, &user, "stays").await, "stays");

    // All or nothing.
    write(&folder, "channels/broken.toml", "[[channels]]\nid = 3\n");
    write(&folder, "channels/again.toml", &moved);
    host.signal("HUP");
    host.log.expect("channels/broken.toml:2").await;
    assert_eq!(line.say(&two, &user, "gone").await.status, Some(404));
    fs::remove_file(folder.join("channels/broken.toml")).unwrap();
    host.signal("HUP");
    host.log.expect("channel \"two\": opened").await;
    host.channel("two", "ready").await;
    assert_eq!(line.ask(&two, &user, "again").await, "again");
}
