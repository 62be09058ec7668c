// A sale by the client that is generated from the description: what doesn't type-check isn't described as it is.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

const [baseUrl, token] = [process.env["PAYLINKS_URL"], process.env["PAYLINKS_TOKEN"]];
assert(baseUrl && token);
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

const order = `TS-${Date.now()}`;
const created = await client.POST("/api/v1/providers/paylinks", {
  params: { header: { "Idempotency-Key": order } },
  body: { provider: "tabby", org_app_id: "tabby-main", order_id: order, amount: "150.00", currency: "SAR", buyer_phone: "0500000001" },
});
assert(created.data, JSON.stringify(created.error));
const id: string = created.data.paylink_id;
const status: components["schemas"]["PaylinkStatus"] = created.data.status;
assert.equal(status, "created");

const got = await client.GET("/api/v1/providers/paylinks/{id}", { params: { path: { id } } });
assert.equal(got.data?.order_id, order);
assert.equal(got.data.amount, "150.00");

const list = await client.GET("/api/v1/providers/paylinks", { params: { query: { provider: "tabby", order_id: order, limit: 10 } } });
assert.deepEqual(list.data?.paylinks.map((link) => link.id), [id]);

const early = await client.POST("/api/v1/providers/paylinks/{id}/capture", { params: { path: { id } }, body: { amount: "10.00" } });
assert(early.error);
const code: components["schemas"]["ErrorCode"] = early.error.error.code;
assert.equal(code, "not_capturable");
assert.equal(early.error.error.outcome, "not_applied");

// @ts-expect-error: a status that no link has.
await client.GET("/api/v1/providers/paylinks", { params: { query: { status: "paid" } } });

const cancelled = await client.POST("/api/v1/providers/paylinks/{id}/cancel", { params: { path: { id } } });
assert.equal(cancelled.data?.status, "cancelled");
console.log("generated client: create, get, list, capture refused, cancel");
