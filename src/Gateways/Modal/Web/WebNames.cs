using System.Security.Cryptography;
using System.Text;
using Appliance.Identity.Workspaces;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Transactions;
using Appliance.Protos.Modal;
using EnvironmentRows = Appliance.Metadata.Identity.Environments;

namespace Appliance.Gateways.Modal.Web;

/// <summary>The host names under which web functions answer, as the client's users know them: workspace--app-function[-dev].</summary>
public sealed class WebNames(WorkspaceModel workspace, PublicAddress address)
{
    /// <summary>A label of a host name is no longer.</summary>
    private const int LengthMax = 63;

    private const int HashLength = 6;

    /// <summary>Gives a function, or each method of its class, its address, and writes it into the definition.</summary>
    public void Assign(WriteTransaction write, FunctionRecord record, Function function)
    {
        AppRecord? app = AppRows.Find(write, record.AppId);
        if (app is null)
        {
            return;
        }

        if (function.WebhookConfig is { Type: not WebhookType.Unspecified } config)
        {
            (function.WebUrl, function.WebUrlInfo) = Assign(write, app, record, config, record.Tag, "");
            function.CustomDomainInfo.Clear();
            function.CustomDomainInfo.AddRange(Domains(write, record, config, ""));
        }

        foreach ((string name, MethodDefinition method) in function.MethodDefinitions)
        {
            if (method.WebhookConfig is { Type: not WebhookType.Unspecified } own)
            {
                (method.WebUrl, method.WebUrlInfo) = Assign(write, app, record, own, method.FunctionName, name);
                method.CustomDomainInfo.Clear();
                method.CustomDomainInfo.AddRange(Domains(write, record, own, name));
            }
        }
    }

    private (string Url, WebUrlInfo Info) Assign(
        WriteTransaction write, AppRecord app, FunctionRecord record, WebhookConfig config, string function, string method)
    {
        EnvironmentRecord? place = EnvironmentRows.Find(write, app.EnvironmentId);
        string owner = place?.WebhookSuffix is { Length: > 0 } suffix ? $"{workspace.Name}-{suffix}" : workspace.Name;
        string own = config.RequestedSuffix.Length > 0 ? config.RequestedSuffix : $"{app.Description}-{function}";
        string end = app.State is AppLife.Ephemeral or AppLife.Detached ? "-" + (config.EphemeralSuffix.Length > 0 ? config.EphemeralSuffix : "dev") : "";
        string full = $"{Slug(owner)}--{Slug(own)}{end}";
        bool isTruncated = full.Length > LengthMax;
        string name = isTruncated ? $"{full[..(LengthMax - HashLength - 1)].TrimEnd('-')}-{Hash(full)}" : full;
        bool isStolen = WebNameRows.Find(write, name) is { } holder && !holder.FunctionId.Equals(record.Id)
            && FunctionRows.Find(write, holder.FunctionId) is { } other && !other.AppId.Equals(record.AppId);
        WebNameRows.Put(write, new WebName(name, record.Id, method, config.RequiresProxyAuth));
        return (UrlOf(write, name), new WebUrlInfo { Truncated = isTruncated, LabelStolen = isStolen });
    }

    /// <summary>By port where there is one to be had: that works from other machines without any names.</summary>
    private string UrlOf(WriteTransaction write, string name) =>
        address.WebPorts is var (first, last) && WebPortRows.Ensure(write, name, first, last) is { } port ? address.PortUrl(port) : address.WebUrl(name);

    private IEnumerable<CustomDomainInfo> Domains(WriteTransaction write, FunctionRecord record, WebhookConfig config, string method)
    {
        foreach (CustomDomainConfig domain in config.CustomDomains)
        {
            WebNameRows.Put(write, new WebName(domain.Name.ToLowerInvariant(), record.Id, method, config.RequiresProxyAuth));
            yield return new CustomDomainInfo { Url = address.HostUrl(domain.Name.ToLowerInvariant()) };
        }
    }

    private static string Slug(string text)
    {
        var slug = new StringBuilder(text.Length);
        foreach (char letter in text.ToLowerInvariant())
        {
            slug.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '-');
        }

        return slug.ToString().Trim('-');
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashLength];
}
