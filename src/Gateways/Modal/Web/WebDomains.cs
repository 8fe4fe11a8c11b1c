using Appliance.Core.Errors;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Transactions;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Web;

/// <summary>Custom domains: host names of the user's own that open a web function on the HTTP port.</summary>
/// <param name="address">Of this appliance.</param>
/// <param name="warnings">Where to say what their author should know.</param>
internal sealed class WebDomains(PublicAddress address, List<Warning> warnings)
{
    private const int LengthMax = 253;
    private const int LabelMax = 63;

    /// <summary>Labels have no dots, domains have.</summary>
    public static bool IsDomain(string name) => name.Contains('.', StringComparison.Ordinal);

    /// <summary>Gives a function those that it names, and takes those from it that it names no more.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: one can be none, or is the appliance's own.</exception>
    public IReadOnlyList<CustomDomainInfo> Assign(WriteTransaction write, FunctionRecord record, WebhookConfig config, string method)
    {
        List<CustomDomainInfo> given = [];
        HashSet<string> wanted = [];
        foreach (CustomDomainConfig domain in config.CustomDomains)
        {
            string name = Check(domain.Name);
            if (wanted.Add(name))
            {
                NoteLoser(write, record, name);
                WebNameRows.Put(write, new WebName(name, record.Id, method, config.RequiresProxyAuth));
                given.Add(new CustomDomainInfo { Url = address.HostUrl(name) });
            }
        }

        foreach (WebName old in WebNameRows.List(write, record.Id))
        {
            if (old.Method == method && IsDomain(old.Name) && !wanted.Contains(old.Name))
            {
                WebNameRows.Delete(write, old.Name);
            }
        }

        return given;
    }

    /// <summary>In lower case, without the dot that may end it.</summary>
    /// <exception cref="ApplianceException">InvalidArgument.</exception>
    public string Check(string text)
    {
        string name = text.ToLowerInvariant().TrimEnd('.');
        string? fault = name.Length > LengthMax ? $"it is longer than {LengthMax} characters"
            : !IsDomain(name) ? "it needs two parts at least, such as 'api.example.com'"
            : !name.Split('.').All(IsLabel) ? "its parts may have letters, digits and hyphens, 63 at most"
            : name == address.HostName.ToLowerInvariant() || System.Net.IPAddress.TryParse(name, out _) ? "the appliance's own pages are there"
            : null;
        return fault is null ? name : throw new ApplianceException(ErrorKind.InvalidArgument, $"'{text}' cannot be a custom domain: {fault}.");
    }

    private static bool IsLabel(string label) => label.Length is > 0 and <= LabelMax && label[0] != '-' && label[^1] != '-'
        && label.All(each => char.IsAsciiLetterOrDigit(each) || each == '-');

    /// <summary>The newest deployment has it, as with labels.</summary>
    private void NoteLoser(WriteTransaction write, FunctionRecord record, string name)
    {
        if (WebNameRows.Find(write, name) is { } holder && !holder.FunctionId.Equals(record.Id)
            && FunctionRows.Find(write, holder.FunctionId) is { } other && AppRows.Find(write, other.AppId) is { StoppedAt: null } app)
        {
            warnings.Add(new Warning
            {
                Type = Warning.Types.WarningType.FunctionConfiguration,
                Message = $"'{name}' opened function '{other.Tag}' of app '{app.Description}' until now, and opens '{record.Tag}' from now on.",
            });
        }
    }
}
