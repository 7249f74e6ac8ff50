//! Parcels.

use super::{Flaw, Goods, Scenario, Tool, Topic, USUAL, flawed};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "track_parcel",
        topic: Topic::Shipping,
        tools: &[Tool::LookupOrder, Tool::TrackShipment],
        tags: &["shipping"],
        messages: &[
            "{carrier} says delivered at {hour}:{minute}. I was at home, the cat was at home, no parcel was at home. Order {order}",
            "tracking {tracking} = delivered. Reality = not delivered. what now",
            "It says my order {order} was 'handed over' {yesterday}. To whom?",
        ],
        answers: &[
            "{carrier} noted a hand-over **to a neighbour at number {neighbour}** at {hour}:{minute}. Cards in the letter box are often forgotten, so that is worth a knock.\n\nIf they don’t have it, write to me after one working day. I will open a search with the carrier, which ends within eight working days, and you won’t be left paying for a parcel you never had.",
            "I’ve looked at the scan: {hour}:{minute}, *left with neighbour, no. {neighbour}*. Please ask there first. If it stays missing until {arrival}, I’ll open a search for {tracking}.",
        ],
        flawed: &[
            flawed(
                Flaw::Wrong,
                "Your parcel {tracking} is still in transit and will arrive on {weekday}. Please be patient.",
                "The tracking tool says *delivered, left with neighbour*. The answer contradicts its own tool call.",
            ),
            flawed(
                Flaw::Cold,
                "The carrier has confirmed delivery. Risk has passed to the recipient.",
                "Technically not even true for consumers, and the tone is dreadful.",
            ),
        ],
        weight: 9,
        ..USUAL
    },
    Scenario {
        name: "lookup_order",
        topic: Topic::Shipping,
        tools: &[Tool::LookupOrder],
        tags: &["shipping"],
        messages: &["status {order}", "where's {order}", "{order}??", "has {order} left yet, i move house on {weekday}"],
        answers: &[
            "{order} left our warehouse this morning with {carrier} ({tracking}) and should arrive on **{arrival}** between {hour} and {later} h.",
            "{order}: packed, waiting for collection by {carrier}. Expected on {arrival}.",
        ],
        flawed: &[flawed(
            Flaw::Wrong,
            "{order} was delivered on {delivered} and signed by *Fernway*.",
            "Signed by ourselves? The order has not left yet.",
        )],
        weight: 8,
        ..USUAL
    },
    Scenario {
        name: "lookup_order",
        goods: Goods::Stove,
        topic: Topic::Shipping,
        tools: &[Tool::LookupOrder],
        tags: &["shipping"],
        messages: &[
            "why is my order {order} in two parcels",
            "Only half of {order} arrived: cups but no {product}. Tea is difficult like this.",
        ],
        answers: &[
            "{order} was split because stoves and gas ship from our dangerous-goods store. The second parcel with the {product} arrives on {arrival}; there is no second delivery fee.",
            "Nothing is lost: the {product} travels alone because of the gas rules. It is with {carrier} under {tracking}, due on {arrival}.",
        ],
        ..USUAL
    },
    Scenario {
        name: "track_parcel",
        topic: Topic::Shipping,
        tools: &[Tool::LookupOrder, Tool::TrackShipment],
        tags: &["shipping", "billing"],
        messages: &[
            "Customs wants {duty} before they hand over my {product}. Your checkout said 'duties included'. Who is right?",
            "I'm asked to pay {duty} import tax for {order}. Is that a scam or is it you",
        ],
        answers: &[
            "It is genuine. Duties are included for orders **above 150 EUR**; below that, customs may ask the recipient. Please compare with the total of {order}, {total}:\n\n- *above 150 EUR*: don’t pay, send me a photo of the notice and we settle it with {carrier};\n- *below*: the charge is yours, and I’m sorry that the checkout did not say so more clearly.",
            "Not a scam, though it looks like one. Our price includes duties only above 150 EUR. If your order was above, keep the receipt and we refund {duty} as soon as you send it.",
        ],
        flawed: &[flawed(
            Flaw::Wrong,
            "Fernway never charges duties to any country, so this is certainly a scam. Please ignore the notice.",
            "Ignoring it means the parcel goes back. The 150 EUR limit is in the first passage it retrieved!",
        )],
        weight: 5,
        ..USUAL
    },
    Scenario {
        topic: Topic::Shipping,
        tools: &[Tool::LookupOrder],
        tags: &["shipping"],
        messages: &[
            "Wrong address on {order}! I typed the old one. New: {street}, {city}. Can you catch it?",
            "please send {order} to my office instead, {street}. Nobody home before Christmas",
        ],
        answers: &[
            "Just in time: {order} has not been packed. I changed the address to **{street}, {city}** and you’ll get a new confirmation in a minute. Please check the house number there.",
            "The parcel is already packed, so I can’t change the label any more. {carrier} can: open the link in the dispatch e-mail, choose *Redirect*, and enter {street}. It is free until the evening before delivery.",
        ],
        flawed: &[flawed(
            Flaw::Wrong,
            "I have called the driver and he will bring it to {street} this afternoon.",
            "It cannot call anybody. No tool, no driver.",
        )],
        ..USUAL
    },
    Scenario {
        goods: Goods::Stove,
        topic: Topic::Shipping,
        tools: &[],
        tags: &["shipping", "prod"],
        messages: &[
            "Do you ship a 30 000 mAh power bank to Tromsø, and a {product} along with it?",
            "Can you send gas cartridges for the {product} to the Outer Hebrides?",
        ],
        answers: &[
            "Half of it. The {product} itself goes anywhere. **Gas cartridges** only travel to mainland addresses, and power banks above 100 Wh can’t fly. A 30 000 mAh bank has about 111 Wh, so that one is out; the 26 800 mAh model (99 Wh) is fine.",
            "I’m afraid not: cartridges go to mainland addresses only. The {product} takes any screw-on cartridge with the usual thread, which nearly every harbour shop sells.",
        ],
        flawed: &[flawed(
            Flaw::Pleasing,
            "Yes, we deliver everything everywhere! Gas to islands takes one day longer.",
            "Dangerous goods. `help/shipping#lithium` was retrieved and says the opposite.",
        )],
        ..USUAL
    },
    Scenario {
        name: "track_parcel",
        topic: Topic::Shipping,
        tools: &[Tool::LookupOrder, Tool::TrackShipment],
        tags: &["shipping", "tone"],
        messages: &[
            "My {product} has now visited Rotterdam, Liège, Rotterdam and Liège. It is having a better holiday than me. {order}",
            "Order {order} is 'shipped' since nine days. Shipped by what, a snail?",
        ],
        answers: &[
            "It does seem to enjoy itself. {tracking} was sorted wrongly twice between two depots; I have asked {carrier} to take it out by hand. The new date is **{arrival}**.\n\nShould it be anywhere else by then, I will send a second {product} by express and let the first one travel on.",
            "Nine days is too long, and I’m sorry. The parcel stands in the depot with a torn label. {carrier} re-labelled it this morning, delivery is planned for {arrival}.",
        ],
        flawed: &[flawed(Flaw::Cold, "Delivery times are estimates. Your parcel is in transit.", "They made a joke and got a wall.")],
        weight: 5,
        ..USUAL
    },
];
