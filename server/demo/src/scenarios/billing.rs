//! Money.

use super::{Flaw, Goods, Scenario, Tool, Topic, USUAL, flawed};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "refund_flow",
        topic: Topic::Payment,
        tools: &[Tool::LookupOrder, Tool::CheckPayment],
        tags: &["billing"],
        messages: &[
            "My bank shows {total} twice for {order}. I bought one {product}, not two. Please explain.",
            "I've been charged double: {total} on {ordered} and the same again a day later. Order {order}.",
            "two payments for one order ({order})?? i want the second one back",
        ],
        answers: &[
            "I can see both amounts. Only one is a payment; the other is an **authorisation** from the first attempt, which your bank still shows as pending. It falls away by itself within three to seven days and is never booked.\n\nIf it still stands on **{soon}**, reply here and I will open a case with the payment provider.",
            "Good news: you have paid once. The second line of {total} is a reservation that was made when the first attempt timed out. It was released on our side on {ordered}; your bank needs up to seven days to show that.",
        ],
        flawed: &[
            flawed(
                Flaw::Wrong,
                "I am sorry for the double charge. I have refunded {total}, which arrives within 24 hours.",
                "There was no second charge, and nothing was refunded in `check_payment`. Pure invention.",
            ),
            flawed(Flaw::Cold, "Pending amounts are not charges. Contact your bank.", "Right, but who would like to get this?"),
        ],
        weight: 8,
        ..USUAL
    },
    Scenario {
        name: "refund_flow",
        topic: Topic::Payment,
        tools: &[Tool::LookupOrder, Tool::CheckPayment, Tool::IssueRefund],
        tags: &["billing", "returns"],
        messages: &[
            "Please cancel {order}, I ordered it an hour ago and found my old one behind the sofa.",
            "Cancel {order} right away. Wrong colour, wrong size, wrong evening.",
        ],
        answers: &[
            "Done: **{order}** is cancelled before dispatch, and {total} goes back to your card. Most banks show it within two to five working days. There is nothing else you need to do.",
            "{order} had not been packed yet, so I could cancel it. The refund of {total} has been issued. You will get an e-mail as proof in a few minutes.",
        ],
        flawed: &[flawed(
            Flaw::Incomplete,
            "I have forwarded your wish to cancel to the warehouse.",
            "Was it cancelled or not? The tool says yes, the answer does not.",
        )],
        weight: 5,
        ..USUAL
    },
    Scenario {
        topic: Topic::Payment,
        tools: &[Tool::GiftCard],
        tags: &["billing"],
        messages: &[
            "Gift card FWG-{number} says 0.00 at the till but nobody has used it. It was a present from my mother and she WILL ask.",
            "Balance of my gift card FWG-{number} is zero. I have never used it. How?",
        ],
        answers: &[
            "The card was used on {ordered} for an order that was not sent to your address. I’m sorry, that is no nice thing to find out.\n\n- I have **blocked the card** so nothing else can happen.\n- A check takes two working days. You don’t have to prove anything.\n- If it was misused, the full balance comes back as a new card by e-mail.",
            "I see one redemption on {ordered}. If that was not you, answer *not me* and I will block FWG-{number} and start the check; it is finished within two working days.",
        ],
        flawed: &[
            flawed(
                Flaw::Wrong,
                "The card FWG-{number} has expired, gift cards are valid for twelve months. Unfortunately the balance cannot be restored.",
                "They are valid for **three years**. Also it did not look at the redemption at all.",
            ),
            flawed(
                Flaw::Wrong,
                "It was redeemed on {ordered} by a customer at {street}, {city}. You may want to contact them.",
                "This gives away another customer's address. @Mara is this one for the privacy list?",
            ),
        ],
        weight: 5,
        ..USUAL
    },
    Scenario {
        topic: Topic::Payment,
        goods: Goods::Jacket,
        tags: &["billing"],
        messages: &[
            "The {product} is {price} in the shop at {shop} but {lower} on the website. Which price is the price?",
            "I paid {price} for the {product} on {ordered} and today it is {lower}. That stings.",
        ],
        answers: &[
            "Both are real: shops and website keep separate stock, so prices can differ for a while. You bought it within the last 14 days, so **we refund the difference**. It goes back the way you paid; no visit needed.",
            "Within 14 days of a purchase you get the lower price. I have noted it on {order}: the difference arrives in two to five working days. If the purchase turns out to be older than that, I will tell you rather than leave you waiting.",
        ],
        flawed: &[flawed(
            Flaw::Pleasing,
            "We always match the lowest price anywhere, for ever! I’ll refund the difference and add {half} as a thank-you.",
            "Fourteen days, not for ever, and nobody gives {half} away. Customers love it, finance will not.",
        )],
        ..USUAL
    },
    Scenario {
        topic: Topic::Payment,
        tools: &[Tool::LookupOrder],
        tags: &["billing"],
        messages: &[
            "I need an invoice with our company name and VAT number for {order}, the accountant is standing behind me",
            "Could you add 'Bergwacht Training Ltd' and our tax number to the invoice of {order}?",
        ],
        answers: &[
            "That works until 30 days after the purchase, so there is still time for {order}:\n\n1. Open **Account → Orders → {order}**.\n2. Choose *Correct invoice*.\n3. Enter the company and the tax number.\n\nThe new PDF replaces the old one and reaches you by e-mail within a minute.",
            "Yes. Send me the exact company name, address and tax number in one message and I’ll issue the corrected invoice for {order}. It keeps the date of {ordered}.",
        ],
        flawed: &[flawed(Flaw::Incomplete, "Invoices can be found in your account under Orders.", "They asked how to *change* it.")],
        ..USUAL
    },
    Scenario {
        name: "refund_flow",
        topic: Topic::Returns,
        tools: &[Tool::LookupOrder, Tool::CheckPayment],
        tags: &["returns", "billing"],
        messages: &[
            "You sent me {less} back for return {return} but I paid {total}. Where is the rest?",
            "refund for {return} is too low by {shipping}. Did somebody tip themselves?",
        ],
        answers: &[
            "Nobody did, I promise. The difference of **{shipping}** is the delivery fee. Standard delivery is refunded with a full return, express is not; yours went by express, so {less} is the complete refund. I’m sorry that our e-mail did not say so.",
            "The sum is right although it was badly explained: {total} minus {shipping} for express delivery, which our terms leave out. Everything else has been refunded.",
        ],
        flawed: &[flawed(
            Flaw::Pleasing,
            "You are right, that was our mistake! I have just sent the missing {shipping}.",
            "Express is not refundable and there is no `issue_refund` call in this trace. It promises money that will never come.",
        )],
        weight: 5,
        ..USUAL
    },
    Scenario {
        topic: Topic::Payment,
        tools: &[],
        tags: &["billing"],
        messages: &[
            "{coupon} doesn't work on the {product}. Is it me or the code?",
            "Why can't I use {coupon} and the birthday voucher together? It is my birthday AND autumn.",
        ],
        answers: &[
            "It’s the code: only **one code per order**, and {coupon} leaves out reduced goods. The {product} is already reduced to {lower}, so the code has nothing left to do.",
            "Happy birthday! Sadly it is one code per order. The birthday voucher is worth more on the {product}, so I would use that one and keep {coupon} for another day; check the last day in your e-mail.",
        ],
        flawed: &[flawed(
            Flaw::Pleasing,
            "No problem! Use SUPPORT30 instead and you get 30 % on everything, also together with {coupon}.",
            "SUPPORT30 does not exist. Second time this week that it makes up a code, tagging Triage.",
        )],
        ..USUAL
    },
];
