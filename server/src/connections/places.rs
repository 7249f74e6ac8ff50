//! Places for connections: so many in all, and so many of them for one address.

use crate::network::network_of;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places of a server.
pub(super) struct Places {
    free: Arc<Semaphore>,
    taken: Arc<Taken>,
    each: usize,
}

/// How many places each address has that has any.
type Taken = Mutex<HashMap<IpAddr, usize>>;

/// One of the places, until it is dropped. It belongs to nobody yet.
pub(super) struct FreePlace(Option<OwnedSemaphorePermit>);

/// The place of a connection, until it is dropped.
pub(super) struct ConnectionPlace {
    _place: FreePlace,
    /// Nobody counts the connections of who is exempt.
    counted: Option<(Arc<Taken>, IpAddr)>,
}

impl Places {
    /// So many places in all, and so many for each address.
    pub(super) fn new(all: usize, each: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(all)), taken: Arc::default(), each }
    }

    /// Waits for a place.
    pub(super) async fn free(&self) -> FreePlace {
        // It is never closed; if it were, nobody would be held up.
        FreePlace(Arc::clone(&self.free).acquire_owned().await.ok())
    }

    /// Gives a place to a connection; none if its address has as many as one may have.
    pub(super) fn give(&self, place: FreePlace, address: IpAddr, is_exempt: bool) -> Option<ConnectionPlace> {
        if is_exempt {
            return Some(ConnectionPlace { _place: place, counted: None });
        }
        let network = network_of(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(network).or_default();
        if *count >= self.each {
            return None;
        }
        *count += 1;
        Some(ConnectionPlace { _place: place, counted: Some((Arc::clone(&self.taken), network)) })
    }
}

impl Drop for ConnectionPlace {
    fn drop(&mut self) {
        let Some((taken, network)) = &self.counted else { return };
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(network) {
            *count -= 1;
            if *count == 0 {
                taken.remove(network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ConnectionPlace, Places};
    use std::net::IpAddr;

    async fn asks(places: &Places, address: &str, is_exempt: bool) -> Option<ConnectionPlace> {
        let address: IpAddr = address.parse().unwrap();
        places.give(places.free().await, address, is_exempt)
    }

    #[tokio::test]
    async fn one_address_never_takes_all_places() {
        let places = Places::new(10, 2);
        let first = asks(&places, "192.0.2.1", false).await.unwrap();
        let _second = asks(&places, "192.0.2.1", false).await.unwrap();
        assert!(asks(&places, "192.0.2.1", false).await.is_none());
        assert!(asks(&places, "::ffff:192.0.2.1", false).await.is_none(), "the same, written otherwise");
        let _other = asks(&places, "192.0.2.2", false).await.unwrap();
        drop(first);
        let _third = asks(&places, "192.0.2.1", false).await.unwrap();
        let _wide = [asks(&places, "2001:db8::1", false).await.unwrap(), asks(&places, "2001:db8::2", false).await.unwrap()];
        assert!(asks(&places, "2001:db8::3", false).await.is_none());
        // Who asks for many others has what is left.
        let _proxied =
            [asks(&places, "10.0.0.1", true).await, asks(&places, "10.0.0.1", true).await, asks(&places, "10.0.0.1", true).await];
        assert_eq!(places.free.available_permits(), 2);
    }

    #[tokio::test]
    async fn what_is_given_back_is_forgotten() {
        let places = Places::new(2, 1);
        for number in 0..100 {
            drop(asks(&places, &format!("192.0.2.{number}"), false).await.unwrap());
        }
        assert!(places.taken.lock().unwrap().is_empty());
        assert_eq!(places.free.available_permits(), 2);
    }
}
