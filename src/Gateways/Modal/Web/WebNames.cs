using System.Security.Cryptography;
using System.Text;
using Appliance.Core.Errors;
using Appliance.Core.Ids.Functions;
using Appliance.Gateways.Modal.Functions;
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
    /// <param name="write">The transaction.</param>
    /// <param name="record">The function.</param>
    /// <param name="function">Its definition.</param>
    /// <param name="isAnnounced">Whether the definition is still to come: then nothing is taken from others yet.</param>
    /// <returns>What its author should know of the addresses.</returns>
    /// <exception cref="ApplianceException">InvalidArgument: a custom domain that can be none.</exception>
    public IReadOnlyList<Warning> Assign(WriteTransaction write, FunctionRecord record, Function function, bool isAnnounced = false)
    {
        List<Warning> warnings = [];
        AppRecord? app = AppRows.Find(write, record.AppId);
        if (app is null)
        {
            return warnings;
        }

        var domains = isAnnounced ? null : new WebDomains(address, warnings);
        if (ServerWords.IsServer(function))
        {
            var open = new WebhookConfig { RequiresProxyAuth = ServerWords.NeedsToken(function) };
            (string url, function.WebUrlInfo) = Assign(write, app, record, open, record.Tag, "", isAnnounced, warnings);
            function.FlashServiceUrls.Clear();
            function.FlashServiceUrls.Add(url);
        }
        else if (function.WebhookConfig is { Type: not WebhookType.Unspecified } config)
        {
            (function.WebUrl, function.WebUrlInfo) = Assign(write, app, record, config, record.Tag, "", isAnnounced, warnings);
            function.CustomDomainInfo.Clear();
            function.CustomDomainInfo.AddRange(domains?.Assign(write, record, config, "") ?? []);
        }

        foreach ((string name, MethodDefinition method) in function.MethodDefinitions)
        {
            if (method.WebhookConfig is { Type: not WebhookType.Unspecified } own)
            {
                (method.WebUrl, method.WebUrlInfo) = Assign(write, app, record, own, method.FunctionName, name, isAnnounced, warnings);
                method.CustomDomainInfo.Clear();
                method.CustomDomainInfo.AddRange(domains?.Assign(write, record, own, name) ?? []);
            }
        }

        return warnings;
    }

    /// <summary>What is to be said of functions of an app that got no port, although the appliance gives ports.</summary>
    public IEnumerable<Warning> WarnOfPorts(ReadTransaction read, IEnumerable<FunctionId> functions)
    {
        string[] names = address.WebPorts is null
            ? []
            : [.. functions.SelectMany(each => WebNameRows.List(read, each)).Select(each => each.Name).Where(name => !WebDomains.IsDomain(name) && WebPortRows.FindPort(read, name) is null)];
        if (names.Length > 0)
        {
            yield return NoPort(string.Join(", ", names.Select(address.WebUrl)));
        }
    }

    private Warning NoPort(string urls) => new()
    {
        Type = Warning.Types.WarningType.ResourceLimit,
        Message = $"All ports of --web-ports ({address.WebPorts?.First}-{address.WebPorts?.Last}) are taken, so that only host names lead to {urls}. "
            + "Give the appliance more ports, or stop an app that has some, and deploy again.",
    };

    private (string Url, WebUrlInfo Info) Assign(
        WriteTransaction write, AppRecord app, FunctionRecord record, WebhookConfig config, string function, string method, bool isAnnounced, List<Warning> warnings)
    {
        EnvironmentRecord? place = EnvironmentRows.Find(write, app.EnvironmentId);
        string owner = place?.WebhookSuffix is { Length: > 0 } suffix ? $"{workspace.Name}-{suffix}" : workspace.Name;
        string own = config.RequestedSuffix.Length > 0 ? config.RequestedSuffix : $"{app.Description}-{function}";
        string end = app.State is AppLife.Ephemeral or AppLife.Detached ? "-" + (config.EphemeralSuffix.Length > 0 ? config.EphemeralSuffix : "dev") : "";
        string full = $"{Slug(owner)}--{Slug(own)}{end}";
        bool isTruncated = full.Length > LengthMax;
        string name = isTruncated ? $"{full[..(LengthMax - HashLength - 1)].TrimEnd('-')}-{Hash(full)}" : full;
        WebName? holder = WebNameRows.Find(write, name);
        bool isStolen = holder is not null && !holder.FunctionId.Equals(record.Id)
            && FunctionRows.Find(write, holder.FunctionId) is { } other && !other.AppId.Equals(record.AppId);
        if (holder is null || !isAnnounced)
        {
            WebNameRows.Put(write, new WebName(name, record.Id, method, config.RequiresProxyAuth));
        }

        return (UrlOf(write, name, warnings), new WebUrlInfo { Truncated = isTruncated, LabelStolen = isStolen });
    }

    /// <summary>By port where there is one to be had: that works from other machines without any names.</summary>
    private string UrlOf(WriteTransaction write, string name, List<Warning> warnings)
    {
        string url = address.WebUrl(name);
        if (address.WebPorts is not var (first, last))
        {
            return url;
        }

        if (WebPortRows.Ensure(write, name, first, last) is { } port)
        {
            return address.PortUrl(port);
        }

        warnings.Add(NoPort(url));
        return url;
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
