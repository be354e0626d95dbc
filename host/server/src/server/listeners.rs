//! Where a host listens, and what is served there: at one address for everybody, at another one for the
//! operator.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::admin::{self, Operator};
use crate::channel::directory::Directory;
use crate::config::{Admin, Config, ConfigError};
use crate::http;
use crate::pages;
use crate::webhook::{self, Webhooks};

/// The most connections for webhooks: 2,048, half of the 4,096 descriptors that a process may have at
/// most on the stricter systems; the host's calls to LINE and the web need the others. When there are
/// as many, those that keep the host waiting make room.
const CONNECTIONS: usize = 2_048;

/// The most connections of operators: 64. Who does not know the token keeps none from them.
const ADMIN_CONNECTIONS: usize = 64;

/// How many connections may wait to be accepted: 4,096, which is what Linux allows unless it is told
/// otherwise. With the usual 128, a burst of connections fills the queue, and who comes then tries again
/// after a second.
const ACCEPT_QUEUE: u32 = 4_096;

/// The addresses that are listened on. Nobody is answered yet.
pub(super) struct Listeners {
    public: Listener,
    admin: Option<(Listener, Admin)>,
}

struct Listener {
    listener: TcpListener,
    /// Differs from what the configuration says when that has the port 0.
    address: SocketAddr,
}

impl Listeners {
    /// Listens on the addresses of a configuration, of which the operator's token is taken.
    pub(super) fn bind(config: &mut Config) -> Result<Self, ConfigError> {
        let public = Listener::bind(config, "server.listen", config.listen)?;
        let admin = match config.admin.take() {
            Some(admin) => {
                let listener = Listener::bind(config, "admin.listen", admin.listen)?;
                Some((listener, admin))
            }
            None => None,
        };
        Ok(Self { public, admin })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.public.address
    }

    pub(super) fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(|(listener, _)| listener.address)
    }

    /// Answers requests until `closed` turns true.
    pub(super) fn serve(
        self,
        directory: &Arc<Directory>,
        webhooks: Arc<Webhooks>,
        operator: Operator,
        closed: &watch::Receiver<bool>,
    ) -> Vec<JoinHandle<()>> {
        let routes = webhook::routes(webhooks)
            .merge(pages::account_link::routes(Arc::clone(directory)))
            .merge(pages::media::routes(Arc::clone(directory)));
        let listener = self.public.listener;
        let serve = http::serve(listener, routes, CONNECTIONS, closed.clone());
        let mut serving = vec![tokio::spawn(serve)];
        if let Some((Listener { listener, .. }, admin)) = self.admin {
            let routes = admin::routes(Arc::new(operator), admin.token);
            let serve = http::serve(listener, routes, ADMIN_CONNECTIONS, closed.clone());
            serving.push(tokio::spawn(serve));
        }
        serving
    }
}

impl Listener {
    fn bind(config: &Config, key: &str, wished: SocketAddr) -> Result<Self, ConfigError> {
        let listener = listen(wished).map_err(|problem| {
            let problem = format!("cannot listen on {wished}: {problem}; choose another address");
            config.error(key, problem)
        })?;
        let address = listener.local_addr().unwrap_or(wished);
        Ok(Self { listener, address })
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A host that starts anew does not wait for the old one's connections to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(ACCEPT_QUEUE)
}
