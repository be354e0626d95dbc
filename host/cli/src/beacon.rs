//! `botbox beacon`.

use botbox_line::beacon::{DeviceMessage, Hwid, advertisement};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::list::List;
use crate::output::OutputArguments;
use crate::terminal::one_line;
use crate::time::to_the_second;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Prints what a LINE Simple Beacon of one's own advertises, in hexadecimal, and how to do it
    /// on Linux.
    Frame(FrameArguments),
    /// Lists the beacons that a channel knows by name.
    List(OfChannel),
    /// Lists who is near the beacons of a channel.
    Visits(OfChannel),
}

#[derive(clap::Args)]
struct OfChannel {
    #[command(flatten)]
    admin: AdminArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    channel: String,
    /// How many at most.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: usize,
}

#[derive(Deserialize)]
struct Beacon {
    hwid: String,
    name: String,
    place: Option<String>,
}

#[derive(Deserialize)]
struct Visit {
    chat: String,
    hwid: String,
    started: i64,
    seen: i64,
}

#[derive(clap::Args)]
struct FrameArguments {
    /// The beacon's hardware id, as LINE issued it: 10 hexadecimal digits.
    #[arg(long, value_name = "HWID")]
    hwid: Hwid,
    /// The device message, as text of 1 to 13 bytes. One zero, if there is none.
    #[arg(long, value_name = "TEXT", conflicts_with = "message_hex")]
    message: Option<String>,
    /// The device message in hexadecimal.
    #[arg(long, value_name = "HEX")]
    message_hex: Option<String>,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match &arguments.command {
        Command::Frame(arguments) => frame(arguments),
        Command::List(of) => {
            let row = |it: Beacon| {
                let place = it.place.as_deref().unwrap_or("-");
                [one_line(&it.hwid), one_line(&it.name), one_line(place)]
            };
            of.list("beacons", ["HWID", "NAME", "PLACE"], row).await
        }
        Command::Visits(of) => {
            let row = |it: Visit| {
                let (started, seen) = (to_the_second(it.started), to_the_second(it.seen));
                [one_line(&it.chat), one_line(&it.hwid), started, seen]
            };
            of.list("visits", ["USER", "HWID", "SINCE", "SEEN"], row)
                .await
        }
    }
}

impl OfChannel {
    /// Prints a list that a channel has under this name.
    async fn list<T: DeserializeOwned, const N: usize>(
        &self,
        name: &'static str,
        heading: [&str; N],
        row: impl Fn(T) -> [String; N],
    ) -> anyhow::Result<()> {
        let client = AdminClient::new(&self.admin).await?;
        let list = List {
            path: vec!["channels", &self.channel, name],
            field: name,
            cursor: "after",
            filters: Vec::new(),
            limit: Some(self.limit),
        };
        let listed = list.read(&client).await?;
        listed.print(&client, self.output.json, heading, row)
    }
}

#[allow(clippy::print_stdout, reason = "the command's output")]
fn frame(arguments: &FrameArguments) -> anyhow::Result<()> {
    let message = match (&arguments.message, &arguments.message_hex) {
        (Some(text), _) => DeviceMessage::new(text.as_bytes())?,
        (None, Some(hex)) => DeviceMessage::from_hex(hex)?,
        (None, None) => DeviceMessage::default(),
    };
    let data = advertisement(arguments.hwid, &message);
    println!("{}", hex(&data, ""));
    println!();
    println!("on Linux, until the adapter is reset:");
    println!("  sudo hciconfig hci0 up");
    for (what, parameters) in commands(&data) {
        println!(
            "  sudo hcitool -i hci0 cmd 0x08 {what} {}",
            hex(&parameters, " ")
        );
    }
    Ok(())
}

/// The commands of Bluetooth's LE controller (Bluetooth Core Specification 4.0, Vol 2, Part E,
/// 7.8), by code, with their parameters.
fn commands(data: &[u8]) -> [(&'static str, Vec<u8>); 3] {
    // Every 244 times 0.625 ms, as LINE advises; nobody can connect; the public address; all three
    // channels.
    let parameters = [0xf4, 0, 0xf4, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0];
    let mut filled = vec![data.len() as u8];
    filled.extend(data);
    // The data has a fixed size here, beside its length.
    filled.resize(32, 0);
    [
        ("0x0006", parameters.to_vec()),
        ("0x0008", filled),
        ("0x000a", vec![1]),
    ]
}

fn hex(bytes: &[u8], between: &str) -> String {
    let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(between)
}
