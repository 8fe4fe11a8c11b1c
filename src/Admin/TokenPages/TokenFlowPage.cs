using System.Net;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Tokens;
using Appliance.Identity.Flows;
using Appliance.Identity.Tokens;
using Appliance.Metadata.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Admin.TokenPages;

/// <summary>
/// The page that <c>modal token new</c> opens. To be at the browser proves nothing, so the person either approves on
/// the box or shows a token that exists.
/// </summary>
public sealed class TokenFlowPage(TokenFlowDesk flows, TokenAuthority tokens)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/token-flow/{id}", Show);
        routes.MapPost("/token-flow/{id}", ApproveAsync);
    }

    private Task Show(HttpContext http) => FindPending(http) is { } flow
        ? Write(http, StatusCodes.Status200OK, Form(flow, notice: null))
        : Write(http, StatusCodes.Status404NotFound, Gone);

    private async Task ApproveAsync(HttpContext http)
    {
        if (FindPending(http) is not { } flow)
        {
            await Write(http, StatusCodes.Status404NotFound, Gone);
            return;
        }

        IFormCollection form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;
        if (tokens.Verify(form["token_id"], form["token_secret"]) is not { } approver)
        {
            await Write(http, StatusCodes.Status403Forbidden, Form(flow, "This token is unknown, revoked or expired, or its secret is wrong."));
            return;
        }

        try
        {
            await flows.ApproveAsync(flow.Code, $"approved by {approver.TokenName}", http.RequestAborted);
            await Write(http, StatusCodes.Status200OK, "<p>Done. The client has its token; this page can be closed.</p>");
        }
        catch (ApplianceException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            await Write(http, StatusCodes.Status404NotFound, Gone);
        }
    }

    private const string Gone = "<p>This request is unknown, has expired, or was decided. Run <code>modal token new</code> again.</p>";

    private TokenFlowRecord? FindPending(HttpContext http) =>
        ObjectId.TryRead((string?)http.Request.RouteValues["id"], out TokenFlowId id)
        && flows.Find(id) is { State: TokenFlowState.Pending } flow
            ? flow
            : null;

    private static string Form(TokenFlowRecord flow, string? notice) =>
        $"""
        <p>A client asks for a token. It shows the code <strong>{flow.Code}</strong>; if yours shows another, close this page.</p>
        {(notice is null ? string.Empty : $"<p class=\"bad\">{WebUtility.HtmlEncode(notice)}</p>")}
        <p>On the box, run</p><pre>appliance token approve {flow.Code}</pre>
        <p>or approve with a token that you have:</p>
        <form method="post">
        <label>Token id <input name="token_id" autocomplete="off" required></label>
        <label>Token secret <input name="token_secret" type="password" autocomplete="off" required></label>
        <button>Approve</button>
        </form>
        """;

    private static Task Write(HttpContext http, int status, string body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";
        return http.Response.WriteAsync(
            $$"""
            <!doctype html><html lang="en"><meta charset="utf-8"><title>appliance</title>
            <style>body{font:16px/1.5 system-ui;max-width:34rem;margin:4rem auto;padding:0 1rem}label{display:block;margin:.5rem 0}
            input{width:100%}pre{background:#8882;padding:.5rem}.bad{color:#b00}</style>
            <h1>appliance</h1>{{body}}</html>
            """,
            http.RequestAborted);
    }
}
