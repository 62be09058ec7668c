// The published JavaScript example, to the letter but for the host, the token and the app.
import assert from "node:assert/strict";

const token = process.env.PAYLINKS_TOKEN;

const res = await fetch(process.env.PAYLINKS_URL + '/api/v1/providers/paylinks', {
method: 'POST',
headers: {
Authorization: `Bearer ${token}`,
'Content-Type': 'application/json',
},
body: JSON.stringify({
provider: 'tabby',
org_app_id: 'tabby-main',
order_id: 'POS-1234',
amount: '150.00',
currency: 'SAR',
description: 'In-store purchase',
buyer_phone: '0500000001',
}),
});
const data = await res.json();
// data.checkout_url → redirect customer
// data.qr_code_url → display QR to customer

assert.equal(res.status, 201, JSON.stringify(data));
assert.equal(data.success, true);
assert.match(data.checkout_url, /^https?:\/\//);
assert.match(data.qr_code_url, /^https?:\/\//);
console.log("published example: 201, checkout_url, qr_code_url");
