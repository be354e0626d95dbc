//! What is sold.

/// Something to buy.
#[derive(Debug)]
pub(crate) struct Good {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) picture: &'static str,
    /// In yen.
    pub(crate) price: u32,
}

pub(crate) const GOODS: [Good; 3] = [
    Good {
        id: "coffee",
        name: "Coffee",
        picture: "☕",
        price: 450,
    },
    Good {
        id: "cake",
        name: "Strawberry cake",
        picture: "🍰",
        price: 620,
    },
    Good {
        id: "bread",
        name: "Melon bread",
        picture: "🍞",
        price: 280,
    },
];

pub(crate) fn find(id: &str) -> Option<&'static Good> {
    GOODS.iter().find(|good| good.id == id)
}
