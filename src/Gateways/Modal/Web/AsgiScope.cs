using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Appliance.Gateways.Modal.Web;

/// <summary>
/// A web request as the arguments of a call: one dictionary, the ASGI scope (contracts/modal.md §5). There must be no
/// 'state' in it.
/// </summary>
internal static class AsgiScope
{
    /// <summary>Pickled: ((scope,), {}).</summary>
    public static byte[] Write(HttpContext http, bool isWebSocket)
    {
        var pickle = new PickleWriter();
        pickle.Begin().Begin();
        WriteScope(pickle, http, isWebSocket);
        return pickle.EndTuple().BeginDictionary().EndDictionary().EndTuple().Finish();
    }

    private static void WriteScope(PickleWriter pickle, HttpContext http, bool isWebSocket)
    {
        HttpRequest request = http.Request;
        string target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        pickle.BeginDictionary();
        pickle.Text("type").Text(isWebSocket ? "websocket" : "http");
        pickle.Text("asgi").BeginDictionary().Text("version").Text("3.0").Text("spec_version").Text("2.3").EndDictionary();
        pickle.Text("http_version").Text(request.Protocol == "HTTP/2" ? "2" : "1.1");
        pickle.Text("scheme").Text(isWebSocket ? (request.IsHttps ? "wss" : "ws") : request.Scheme);
        pickle.Text("path").Text(request.Path.Value ?? "/");
        pickle.Text("raw_path").Bytes(Encoding.ASCII.GetBytes(target.Split('?')[0]));
        pickle.Text("root_path").Text("");
        pickle.Text("query_string").Bytes(Encoding.ASCII.GetBytes(request.QueryString.HasValue ? request.QueryString.Value![1..] : ""));
        pickle.Text("client").Begin().Text(http.Connection.RemoteIpAddress?.ToString() ?? "").Number(http.Connection.RemotePort).EndTuple();
        pickle.Text("server").Begin().Text(request.Host.Host).Number(request.Host.Port ?? (request.IsHttps ? 443 : 80)).EndTuple();
        WriteHeaders(pickle, request);
        pickle.Text("extensions").BeginDictionary().Text("http.response.trailers").BeginDictionary().EndDictionary().EndDictionary();
        if (isWebSocket)
        {
            pickle.Text("subprotocols").BeginList();
            foreach (string protocol in http.WebSockets.WebSocketRequestedProtocols)
            {
                pickle.Text(protocol);
            }

            pickle.EndList();
        }
        else
        {
            pickle.Text("method").Text(request.Method);
        }

        pickle.EndDictionary();
    }

    private static void WriteHeaders(PickleWriter pickle, HttpRequest request)
    {
        pickle.Text("headers").BeginList();
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in request.Headers)
        {
            foreach (string? value in values)
            {
                pickle.Begin().Bytes(Encoding.ASCII.GetBytes(name.ToLowerInvariant())).Bytes(Encoding.UTF8.GetBytes(value ?? "")).EndTuple();
            }
        }

        pickle.EndList();
    }
}
